variable "name_prefix" {
  description = "Begins the names."
  type        = string
  nullable    = false
}

variable "name" {
  description = "The virtual network's name; null for one made of the prefix."
  type        = string
  default     = null
}

variable "resource_group" {
  description = "The group that everything is made in."
  type        = string
  nullable    = false
}

variable "location" {
  description = "The region."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags for what takes them."
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
  description = "From where, besides the network itself, port 22 can be reached; empty for nowhere."
  type        = list(string)
  nullable    = false
}

variable "ssh_to" {
  description = "The address whose port 22 that is; null while it is nobody's."
  type        = string
}
