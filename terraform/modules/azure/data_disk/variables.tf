variable "name" {
  description = "The disk's name."
  type        = string
  nullable    = false
}

variable "resource_group" {
  description = "The group for the disk."
  type        = string
  nullable    = false
}

variable "location" {
  description = "The region."
  type        = string
  nullable    = false
}

variable "zone" {
  description = "The machine's zone; null where it has none."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags for the disk."
  type        = map(string)
  nullable    = false
}

variable "size_gb" {
  description = "The disk's size, in GB. It can grow, and never shrinks."
  type        = number
  nullable    = false
}

variable "machine_id" {
  description = "The machine that the disk is attached to. The disk outlives it."
  type        = string
  nullable    = false
}
