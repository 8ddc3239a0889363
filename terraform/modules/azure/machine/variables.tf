variable "name" {
  description = "The machine's name, and its computer name."
  type        = string
  nullable    = false
}

variable "resource_group" {
  description = "The group for the machine."
  type        = string
  nullable    = false
}

variable "location" {
  description = "The region."
  type        = string
  nullable    = false
}

variable "zone" {
  description = "The zone; null where Azure chooses."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags for the machine and its network interface."
  type        = map(string)
  nullable    = false
}

variable "size" {
  description = "The machine's size, such as Standard_D4s_v5. A change stops it, and starts it again."
  type        = string
  nullable    = false
}

variable "admin" {
  description = "The user that the key is for."
  type        = string
  nullable    = false
}

variable "public_key" {
  description = "The public half of the user's SSH key. There is no password."
  type        = string
  nullable    = false
}

variable "custom_data" {
  description = "The data for cloud-init, as base64. A machine that runs keeps what it was made with."
  type        = string
  nullable    = false
  sensitive   = true # It stays out of plans and messages. The state holds it, and the machine can read it.
}

variable "image" {
  description = "The image: one of the marketplace, or the id of the user's own."
  type = object({
    reference = optional(object({
      publisher = string
      offer     = string
      sku       = string
      version   = string
    }))
    id = optional(string)
  })
  nullable = false
}

variable "plan" {
  description = "The marketplace plan of an image that has one; null for none."
  type = object({
    publisher = string
    product   = string
    name      = string
  })
  default = null
}

variable "os_disk_gb" {
  description = "The size of the OS disk, in GB."
  type        = number
  nullable    = false
}

variable "accelerated_networking" {
  description = "Whether the machine has accelerated networking."
  type        = bool
  nullable    = false
}

variable "secure_boot" {
  description = "Whether only signed boot loaders and drivers may run (trusted launch)."
  type        = bool
  nullable    = false
}

variable "vtpm" {
  description = "Whether the machine has a virtual TPM (trusted launch)."
  type        = bool
  nullable    = false
}

variable "subnet_id" {
  description = "The machine's subnet."
  type        = string
  nullable    = false
}

variable "identity_id" {
  description = "The identity that the machine has."
  type        = string
  nullable    = false
}

variable "pool_ids" {
  description = "The pools of load balancers that the machine belongs to; empty for none."
  type        = list(string)
  nullable    = false
}
