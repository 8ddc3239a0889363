variable "project_id" {
  description = "The cluster's project."
  type        = string
  nullable    = false
}

variable "name_prefix" {
  description = "The cluster's name, which the role's title ends with."
  type        = string
  nullable    = false
}

variable "member" {
  description = "The controller's account, as a member of policies."
  type        = string
  nullable    = false
}

variable "permissions" {
  description = "What the controller may do in the project."
  type        = list(string)
  nullable    = false
  default = [
    "compute.instanceGroupManagers.get",
    "compute.instanceGroupManagers.update",
    "compute.instances.get",
    "compute.instances.list",
    "compute.zoneOperations.get",
  ]
}
