variable "name_prefix" {
  description = "The beginning of the names."
  type        = string
  nullable    = false
}

variable "region" {
  description = "The region of the subnet, the router and its NAT."
  type        = string
  nullable    = false
}

variable "mtu" {
  description = "The longest packet in bytes."
  type        = number
  nullable    = false
}

variable "enable_notebook" {
  description = "Whether the notebook's port is open to the IAP tunnel."
  type        = bool
  nullable    = false
}
