variable "name" {
  description = "The vault's name, which no other vault of Azure may have."
  type        = string
  nullable    = false

  # https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftkeyvault
  validation {
    condition     = can(regex("^[A-Za-z](-?[A-Za-z0-9]){2,23}$", var.name)) && length(var.name) <= 24
    error_message = "The name must have 3 to 24 letters, digits and -, begin with a letter, not end with -, and have no two - side by side."
  }
}

variable "resource_group" {
  description = "The group for the vault."
  type        = string
  nullable    = false
}

variable "location" {
  description = "The region."
  type        = string
  nullable    = false
}

variable "tags" {
  description = "Tags for the vault."
  type        = map(string)
  nullable    = false
}

variable "tenant_id" {
  description = "The directory whose users and identities may get roles on the vault."
  type        = string
  nullable    = false
}
