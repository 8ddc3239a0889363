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

variable "virtual_network" {
  description = "The name of the machines' virtual network."
  type        = string
  nullable    = false
}

variable "subnet" {
  description = "The range of Bastion's own subnet, within the network's: /26 or larger."
  type        = string
  nullable    = false

  validation {
    condition     = try(tonumber(split("/", var.subnet)[1]) <= 26, false) && can(cidrhost(var.subnet, 0))
    error_message = "Bastion's subnet must be in CIDR notation, and /26 or larger."
  }
}
