variable "name_prefix" {
  description = "The beginning of the names of all resources here."
  type        = string
  nullable    = false
}

variable "region" {
  description = "The machines' region."
  type        = string
  nullable    = false
}

variable "nat" {
  description = "Whether the network gets this cluster's own NAT, because it has none in the region and the machines have no external addresses."
  type        = bool
  nullable    = false
  default     = false
}

variable "iap" {
  description = "Whether a new rule allows the IAP tunnel ssh to this cluster's machines, because no rule of the network does."
  type        = bool
  nullable    = false
  default     = false
}

variable "subnetwork" {
  description = "The link of the machines' subnet, in a network of custom mode; empty where the network chooses it."
  type        = string
  nullable    = false
  default     = ""
}

variable "service_accounts" {
  description = "E-mails of the accounts that the machines run as: the rule is only for them."
  type        = list(string)
  nullable    = false
  default     = []
}
