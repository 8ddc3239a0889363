output "name" {
  description = "The group's name, once the group exists."
  value       = one(concat(azurerm_resource_group.this[*].name, data.azurerm_resource_group.this[*].name))
}

output "id" {
  description = "The group's id."
  value       = one(concat(azurerm_resource_group.this[*].id, data.azurerm_resource_group.this[*].id))
}
