variable "name" {
  description = "The scale set's name."
  type        = string
  nullable    = false
}

variable "resource_group" {
  description = "The group for the scale set."
  type        = string
  nullable    = false
}

variable "location" {
  description = "The region."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags for the scale set and its machines."
  type        = map(string)
  nullable    = false
}

variable "sku" {
  description = "The machines' size, such as Standard_ND96isr_H200_v5."
  type        = string
  nullable    = false
}

variable "computer_name_prefix" {
  description = "The beginning of the machines' computer names; Azure appends six characters."
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
  description = "The data for cloud-init, as base64. Running machines keep what they were made with."
  type        = string
  nullable    = false
  sensitive   = true # It stays out of plans and messages. The state holds it, and the machines can read it.
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
  description = "The size of a machine's OS disk, in GB."
  type        = number
  nullable    = false
}

variable "zones" {
  description = "The zones that the machines are spread over; empty where Azure chooses."
  type        = list(string)
  nullable    = false
}

variable "single_placement_group" {
  description = "Whether all machines are in one placement group, which InfiniBand between them needs; 100 at most."
  type        = bool
  nullable    = false
}

variable "priority" {
  description = "Regular, or Spot for machines that Azure may take away."
  type        = string
  nullable    = false
}

variable "max_price" {
  description = "The highest price of a Spot machine, in US dollars an hour; null for that of a Regular one."
  type        = number
  default     = null
}

variable "accelerated_networking" {
  description = "Whether the machines have accelerated networking."
  type        = bool
  nullable    = false
}

variable "subnet_id" {
  description = "The machines' subnet."
  type        = string
  nullable    = false
}

variable "identity_id" {
  description = "The identity that the machines have."
  type        = string
  nullable    = false
}

variable "secure_boot" {
  description = "Whether only signed boot loaders and drivers may run (trusted launch)."
  type        = bool
  nullable    = false
}

variable "vtpm" {
  description = "Whether the machines have a virtual TPM (trusted launch)."
  type        = bool
  nullable    = false
}
