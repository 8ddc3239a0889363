variable "name_prefix" {
  description = "Begins the template's name."
  type        = string
  nullable    = false
}

variable "labels" {
  description = "Labels for the machines and their disks."
  type        = map(string)
  nullable    = false
}

variable "machine_type" {
  description = "The machines' type."
  type        = string
  nullable    = false
}

variable "accelerator_type" {
  description = "The GPU to attach where the machine type brings none of its own."
  type        = string
  nullable    = false
}

variable "accelerator_count" {
  description = "How many GPUs a machine has."
  type        = number
  nullable    = false
}

variable "image" {
  description = "The boot image."
  type        = string
  nullable    = false
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

variable "network" {
  description = "The network's URL."
  type        = string
  nullable    = false
}

variable "subnetwork" {
  description = "The subnet's URL; null where the network itself chooses, as an auto-mode one does."
  type        = string
  default     = null
}

variable "external_ip" {
  description = "Whether each machine has an external address."
  type        = bool
  nullable    = false
}

variable "service_account" {
  description = "E-mail of the account that the machines run as."
  type        = string
  nullable    = false
}

variable "metadata" {
  description = "The user's instance metadata."
  type        = map(string)
  nullable    = false
  sensitive   = true
}

variable "enable_notebook" {
  description = "Whether the image is asked to register its notebook with the proxy."
  type        = bool
  nullable    = false
}

variable "startup_script" {
  description = "The bootstrap that each machine runs at every start."
  type        = string
  nullable    = false
}

variable "node_config" {
  description = "What the bootstrap is to do, as JSON."
  type        = string
  nullable    = false
}

variable "startup_command" {
  description = "The user's command, verbatim; empty for none."
  type        = string
  nullable    = false
  sensitive   = true
}
