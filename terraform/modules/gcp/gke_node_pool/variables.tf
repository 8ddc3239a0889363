variable "name" {
  description = "The pool's name."
  type        = string
  nullable    = false
}

variable "cluster" {
  description = "The cluster's name."
  type        = string
  nullable    = false
}

variable "cluster_id" {
  description = "The cluster's path, unknown while the cluster is to be replaced."
  type        = string
  nullable    = false
}

variable "region" {
  description = "The region of the cluster's control plane."
  type        = string
  nullable    = false
}

variable "zone" {
  description = "The zone of the nodes."
  type        = string
  nullable    = false
}

variable "labels" {
  description = "Labels of the nodes and their disks."
  type        = map(string)
  nullable    = false
}

variable "metadata" {
  description = "The user's instance metadata."
  type        = map(string)
  nullable    = false
  sensitive   = true # It stays out of plans and messages. The state holds it, and the nodes can read it.
}

variable "service_account" {
  description = "E-mail of the service account that the nodes run as."
  type        = string
  nullable    = false
}

variable "machine_type" {
  description = "The nodes' machine type."
  type        = string
  nullable    = false
}

variable "accelerator_type" {
  description = "The nodes' GPUs, such as nvidia-tesla-a100."
  type        = string
  nullable    = false
}

variable "accelerator_count" {
  description = "How many GPUs a node has."
  type        = number
  nullable    = false
}

variable "local_ssds" {
  description = "How many local disks the machine type has, for the pods' scratch space; 0 for none, or where unknown."
  type        = number
  nullable    = false
}

variable "node_count" {
  description = "How many nodes the pool has; null for a scaled pool."
  type        = number
}

variable "min_nodes" {
  description = "The smallest number of nodes of a scaled pool; null for others."
  type        = number
}

variable "max_nodes" {
  description = "The largest number of nodes of a scaled pool; null for others."
  type        = number
}

variable "disk_size_gb" {
  description = "The boot disk's size in GB."
  type        = number
  nullable    = false
}

variable "disk_type" {
  description = "The boot disk's type."
  type        = string
  nullable    = false
}

variable "provisioning_model" {
  description = "standard, spot, flex-start or reservation-bound."
  type        = string
  nullable    = false
}

variable "max_run_duration" {
  description = "How many seconds a node may run; null for no limit."
  type        = number
}

variable "reservation" {
  description = "The reservation that the nodes use; empty for none in particular."
  type        = string
  nullable    = false
}

variable "compact_placement" {
  description = "Whether the nodes are placed close to each other."
  type        = bool
  nullable    = false
}

variable "accelerator_network" {
  description = "Whether GKE makes the networks that the machine type's further network cards need."
  type        = bool
  nullable    = false
}

variable "rdma" {
  description = "Whether these networks are RDMA networks."
  type        = bool
  nullable    = false
}
