variable "name" {
  description = "The group's name."
  type        = string
  nullable    = false
}

variable "create" {
  description = "Whether the group is made, and deleted with the cluster; false for an existing one."
  type        = bool
  nullable    = false
}

variable "location" {
  description = "The region of a new group."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags for a new group. An existing one keeps its own."
  type        = map(string)
  nullable    = false
}
