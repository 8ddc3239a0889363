variable "name_prefix" {
  description = "The beginning of the template's name."
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
  description = "The GPU to attach if the machine type includes none."
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

variable "network_interfaces" {
  description = "The machines' cards in their order, each with its subnet's URL, or its network's if that chooses the subnet itself; a card without a type gets the one that the machine needs."
  type = list(object({
    network    = optional(string)
    subnetwork = optional(string)
    nic_type   = optional(string)
  }))
  nullable = false

  validation {
    condition     = length(var.network_interfaces) > 0
    error_message = "A machine needs a card."
  }
}

variable "external_ip" {
  description = "Whether each machine has an external address, on its first card."
  type        = bool
  nullable    = false
}

variable "provisioning_model" {
  description = "How the machines are ordered: standard, spot, flex-start or reservation-bound."
  type        = string
  nullable    = false
}

variable "max_run_duration" {
  description = "The seconds after which a machine ends; 0 for never."
  type        = number
  nullable    = false
}

variable "reservation" {
  description = "The reservation that the machines use, by its name or as projects/P/reservations/NAME; empty for none."
  type        = string
  nullable    = false
}

variable "placement_policy" {
  description = "URL of the placement policy for the machines; null for none."
  type        = string
  default     = null
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
  description = "Whether the image should register its notebook with the proxy."
  type        = bool
  nullable    = false
}

variable "startup_script" {
  description = "The bootstrap that each machine runs at every start."
  type        = string
  nullable    = false
}

variable "node_config" {
  description = "The bootstrap's instructions, as JSON."
  type        = string
  nullable    = false
}

variable "startup_command" {
  description = "The user's command, verbatim; empty for none."
  type        = string
  nullable    = false
  sensitive   = true
}

variable "ssh_keys" {
  description = "Keys that log in, a line each as the metadata key ssh-keys has them, empty for none; null for OS Login."
  type        = string
  default     = null
}
