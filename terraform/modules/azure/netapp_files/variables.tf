variable "name_prefix" {
  description = "The beginning of the names."
  type        = string
  nullable    = false
}

variable "resource_group" {
  description = "The group for all of it."
  type        = string
  nullable    = false
}

variable "location" {
  description = "The region."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags for every resource that can have tags."
  type        = map(string)
  nullable    = false
}

variable "network" {
  description = "The name of the virtual network of the machines."
  type        = string
  nullable    = false
}

variable "address_space" {
  description = "The network's range: who may mount the volume."
  type        = string
  nullable    = false
}

variable "subnet" {
  description = "The range of the service's own subnet, within the network's."
  type        = string
  nullable    = false
}

variable "size_tib" {
  description = "The capacity of pool and volume, in TiB. It can be changed later."
  type        = number
  nullable    = false
}
