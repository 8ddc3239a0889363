variable "name_prefix" {
  description = "The beginning of the names."
  type        = string
  nullable    = false
}

variable "resource_group" {
  description = "The group for all of it; what Azure makes with a workspace lies in a group of Azure's own."
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

variable "workspace_tags" {
  description = "More tags for the workspace alone."
  type        = map(string)
  nullable    = false
  default     = {}
}

variable "writer" {
  description = "The principal id of the user-assigned identity that may write metrics."
  type        = string
  nullable    = false
}

variable "grafana" {
  description = "Grafana's name, and the principal id of who may do everything in it."
  type = object({
    name          = string
    administrator = string
  })
  nullable = false

  validation {
    condition     = can(regex("^[a-zA-Z][-a-zA-Z0-9]{0,21}[a-zA-Z0-9]$", var.grafana.name))
    error_message = "Grafana's name has 2 to 23 letters, digits and -, begins with a letter, and doesn't end with -."
  }
}

variable "rule_groups" {
  description = "What the workspace records and warns of, each minute: groups of rules by name. A rule has an alert or a record; lasting, for how long the expression has to hold, is an ISO 8601 duration, severity 0 (critical) to 4."
  type = map(list(object({
    alert       = optional(string)
    record      = optional(string)
    expression  = string
    lasting     = optional(string)
    severity    = optional(number)
    labels      = optional(map(string))
    annotations = optional(map(string))
  })))
  nullable = false
  default  = {}

  validation {
    condition     = alltrue([for rules in var.rule_groups : length(rules) >= 1 && length(rules) <= 20])
    error_message = "A group has 1 to 20 rules."
  }

  validation {
    condition     = alltrue(flatten([for rules in var.rule_groups : [for each in rules : (each.alert == null) != (each.record == null)]]))
    error_message = "A rule has an alert or a record, not both."
  }
}
