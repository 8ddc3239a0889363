variable "name_prefix" {
  description = "Begins the names of what is made."
  type        = string
  nullable    = false
}

variable "region" {
  description = "The machines' region."
  type        = string
  nullable    = false
}

variable "nat" {
  description = "Whether the network gets a NAT of this cluster's own: it has none in the region, and the machines have no external addresses."
  type        = bool
  nullable    = false
  default     = false
}

variable "iap" {
  description = "Whether ssh to this cluster's machines is opened to the IAP tunnel: no rule of the network does so."
  type        = bool
  nullable    = false
  default     = false
}

variable "service_account" {
  description = "E-mail of the account that the machines run as: the rule is for them alone."
  type        = string
  nullable    = false
  default     = ""
}
