variable "name_prefix" {
  description = "The beginning of the names."
  type        = string
  nullable    = false
}

variable "resource_group" {
  description = "The group for all of it."
  type        = string
  nullable    = false
}

variable "location" {
  description = "The region."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags for every resource that can have tags."
  type        = map(string)
  nullable    = false
}
