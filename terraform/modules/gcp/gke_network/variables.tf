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
