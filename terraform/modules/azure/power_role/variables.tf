variable "name" {
  description = "The role's name, which no other role of the directory has."
  type        = string
  nullable    = false
}

variable "scope" {
  description = "The id of the resource group in which the role can be given."
  type        = string
  nullable    = false
}

variable "principal_id" {
  description = "The principal of the controller's identity, which gets the role."
  type        = string
  nullable    = false
}

variable "scale_sets" {
  description = "The ids of the scale sets that it gets the role on, by name."
  type        = map(string)
  nullable    = false
}

variable "databases" {
  description = "The ids of the servers of accounting that it gets the role on, by name."
  type        = map(string)
  nullable    = false
  default     = {}
}

variable "vaults" {
  description = "The ids of the vaults that it gets the role on, by name."
  type        = map(string)
  nullable    = false
  default     = {}
}
