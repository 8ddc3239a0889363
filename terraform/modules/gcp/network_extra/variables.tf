variable "name_prefix" {
  description = "The beginning of the names."
  type        = string
  nullable    = false
}

variable "region" {
  description = "The region of the subnets."
  type        = string
  nullable    = false
}

variable "networks" {
  description = "How many networks there are beside the cluster's first."
  type        = number
  nullable    = false

  # Only numbers of one digit: longer names don't fit.
  validation {
    condition     = var.networks >= 0 && var.networks <= 8
    error_message = "There can be 0 to 8 more networks."
  }
}

variable "mtu" {
  description = "The longest packet in bytes."
  type        = number
  nullable    = false
}
