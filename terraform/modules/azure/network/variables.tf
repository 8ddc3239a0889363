variable "name_prefix" {
  description = "The beginning of the names."
  type        = string
  nullable    = false
}

variable "name" {
  description = "The virtual network's name; null for one made of the prefix."
  type        = string
  default     = null
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

variable "address_space" {
  description = "The network's range."
  type        = string
  nullable    = false
}

variable "subnet" {
  description = "The subnet's range, within the network's."
  type        = string
  nullable    = false
}

variable "ssh_from" {
  description = "The addresses that can reach port 22, besides the network itself; empty for none."
  type        = list(string)
  nullable    = false
}

variable "ssh_to" {
  description = "The address with that port 22; null for none yet."
  type        = string
}
