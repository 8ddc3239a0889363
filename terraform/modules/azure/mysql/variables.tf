variable "name_prefix" {
  description = "The beginning of the names."
  type        = string
  nullable    = false
}

variable "name" {
  description = "The server's name, which no other server of Azure may have."
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

variable "sku_name" {
  description = "The server's size, such as GP_Standard_D2ads_v5."
  type        = string
  nullable    = false
}

variable "administrator" {
  description = "The user with all rights on the server."
  type        = string
  nullable    = false
}

variable "network_id" {
  description = "The id of the virtual network whose machines find the server by its name."
  type        = string
  nullable    = false
}

variable "subnet_id" {
  description = "The id of the subnet that the private endpoint has its address in."
  type        = string
  nullable    = false
}
