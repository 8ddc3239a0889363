variable "name_prefix" {
  description = "Begins the names."
  type        = string
  nullable    = false
}

variable "resource_group" {
  description = "The group that everything is made in."
  type        = string
  nullable    = false
}

variable "location" {
  description = "The region."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags for what takes them."
  type        = map(string)
  nullable    = false
}
