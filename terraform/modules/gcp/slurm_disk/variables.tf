variable "name_prefix" {
  description = "The beginning of the disk's name."
  type        = string
  nullable    = false
}

variable "zone" {
  description = "The controller's zone."
  type        = string
  nullable    = false
}

variable "labels" {
  description = "Labels for the disk."
  type        = map(string)
  nullable    = false
}

variable "type" {
  description = "The disk's type."
  type        = string
  nullable    = false
}

variable "size_gb" {
  description = "The disk's size in GB; it can grow, never shrink."
  type        = number
  nullable    = false
}
