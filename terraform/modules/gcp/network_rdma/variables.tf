variable "name_prefix" {
  description = "The beginning of the names."
  type        = string
  nullable    = false
}

variable "project_id" {
  description = "The network's project."
  type        = string
  nullable    = false
}

variable "region" {
  description = "The region of the subnets."
  type        = string
  nullable    = false
}

variable "network_profile" {
  description = "The network profile's name, such as us-central1-a-vpc-roce: everything in the network is in its zone."
  type        = string
  nullable    = false
}

variable "nics" {
  description = "How many RDMA cards a machine has; each has a subnet of its own."
  type        = number
  nullable    = false

  validation {
    condition     = var.nics >= 1 && var.nics <= 8
    error_message = "A machine has 1 to 8 RDMA cards."
  }
}
