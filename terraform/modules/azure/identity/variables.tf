variable "name_prefix" {
  description = "The beginning of the name."
  type        = string
  nullable    = false
}

variable "resource_group" {
  description = "The group for the identity."
  type        = string
  nullable    = false
}

variable "location" {
  description = "The region."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags for the identity."
  type        = map(string)
  nullable    = false
}

variable "state" {
  description = "The place of the deployment's folder: the storage account's id, the container, and the folder without slashes at its ends."
  type = object({
    account_id = string
    container  = string
    deployment = string
  })
  nullable = false

  # The folder becomes part of a condition's text.
  validation {
    condition     = can(regex("^[A-Za-z0-9._~/-]+$", var.state.deployment)) && var.state.deployment == trim(var.state.deployment, "/")
    error_message = "The folder may hold letters, digits, and . _ ~ - /, and no slash at its ends."
  }
}

variable "read" {
  description = "The deployment's folders that the machines read."
  type        = list(string)
  default     = ["files", "nodes"]
  nullable    = false
}

variable "write" {
  description = "The deployment's folders that the machines write."
  type        = list(string)
  default     = ["nodes"]
  nullable    = false
}
