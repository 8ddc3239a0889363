variable "name_prefix" {
  description = "The beginning of the names of the group and its machines."
  type        = string
  nullable    = false
}

variable "zone" {
  description = "The zone in which the machines are made."
  type        = string
  nullable    = false
}

variable "instance_count" {
  description = "How many machines the group has."
  type        = number
  nullable    = false
}

variable "repairs" {
  description = "Whether the group replaces a machine that fails or is ended."
  type        = bool
  nullable    = false
}

variable "workload_policy" {
  description = "URL of the workload policy that places the machines; null for none."
  type        = string
  default     = null
}

variable "instance_template" {
  description = "URL of the template for new machines."
  type        = string
  nullable    = false
}

variable "head" {
  description = "Whether the group is for an orchestrator's head, which its names say."
  type        = bool
  nullable    = false
  default     = false
}
