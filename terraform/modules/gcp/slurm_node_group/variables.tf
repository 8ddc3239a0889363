variable "name_prefix" {
  description = "The beginning of the names of the group and its nodes: the cluster's and the pool's."
  type        = string
  nullable    = false
}

variable "zone" {
  description = "The zone in which the nodes are made."
  type        = string
  nullable    = false
}

variable "workload_policy" {
  description = "URL of the workload policy that places the nodes; null for none."
  type        = string
  default     = null
}

variable "instance_template" {
  description = "URL of the template for new nodes."
  type        = string
  nullable    = false
}
