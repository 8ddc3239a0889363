variable "name_prefix" {
  description = "The beginning of the policy's name."
  type        = string
  nullable    = false
}

variable "region" {
  description = "The machines' region."
  type        = string
  nullable    = false
}

variable "keep_policy" {
  description = "Whether an earlier run's placement policy stays although the settings no longer ask for it: machines may have been made with it."
  type        = bool
  nullable    = false
}

variable "kind" {
  description = "policy: a placement policy, which machines are made with. workload: a workload policy, which their group has. Empty: neither."
  type        = string
  nullable    = false
}

variable "cluster" {
  description = "The cluster's name, for descriptions; null where the prefix is that."
  type        = string
  default     = null
}
