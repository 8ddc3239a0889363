variable "name_prefix" {
  description = "Begins the names of the group and its machines."
  type        = string
  nullable    = false
}

variable "zone" {
  description = "The zone that the machines are made in."
  type        = string
  nullable    = false
}

variable "instance_count" {
  description = "How many machines the group has."
  type        = number
  nullable    = false
}

variable "repairs" {
  description = "Whether the group makes a machine anew that fails or is ended."
  type        = bool
  nullable    = false
}

variable "workload_policy" {
  description = "URL of the workload policy by which the machines are placed; null for none."
  type        = string
  default     = null
}

variable "instance_template" {
  description = "URL of the template that new machines are made from."
  type        = string
  nullable    = false
}

variable "head" {
  description = "Whether the group is the one of an orchestrator's head, whose names say so."
  type        = bool
  nullable    = false
  default     = false
}
