variable "name" {
  description = "The machine's name."
  type        = string
  nullable    = false
}

variable "description" {
  description = "What the machine is, in a sentence."
  type        = string
  nullable    = false
}

variable "zone" {
  description = "The zone in which the machine is made."
  type        = string
  nullable    = false
}

variable "labels" {
  description = "Labels for the machine and its boot disk."
  type        = map(string)
  nullable    = false
}

variable "machine_type" {
  description = "The machine's type, one without GPUs."
  type        = string
  nullable    = false
}

variable "image" {
  description = "The boot image; another one makes the machine anew."
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

variable "data_disk" {
  description = "URL of a disk that outlives the machine; null for none."
  type        = string
  default     = null
}

variable "data_device" {
  description = "The disk is /dev/disk/by-id/google-<this> on the machine."
  type        = string
  nullable    = false
  default     = "slurm-data"
}

variable "network_interface" {
  description = "The machine's card: its subnet's URL, or its network's if that chooses the subnet itself."
  type = object({
    network    = optional(string)
    subnetwork = optional(string)
  })
  nullable = false
}

variable "external_ip" {
  description = "Whether the machine has an external address."
  type        = bool
  nullable    = false
}

variable "service_account" {
  description = "E-mail of the account that the machine runs as."
  type        = string
  nullable    = false
}

variable "metadata" {
  description = "The machine's metadata, whole."
  type        = map(string)
  nullable    = false
  sensitive   = true
}
