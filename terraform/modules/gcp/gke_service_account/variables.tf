variable "project_id" {
  description = "The project that grants the account its role."
  type        = string
  nullable    = false
}

variable "name_prefix" {
  description = "The beginning of the account's name."
  type        = string
  nullable    = false
}
