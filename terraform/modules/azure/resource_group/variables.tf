variable "name" {
  description = "The group's name."
  type        = string
  nullable    = false
}

variable "create" {
  description = "Whether the group is made, and deleted with the cluster; false for one that is there already."
  type        = bool
  nullable    = false
}

variable "location" {
  description = "The region that a group which is made is kept in."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags for a group that is made. One that is there keeps its own."
  type        = map(string)
  nullable    = false
}
