output "id" {
  description = "The scale set's id."
  value       = one(concat(azurerm_linux_virtual_machine_scale_set.this[*].id, azurerm_orchestrated_virtual_machine_scale_set.this[*].id))
}

output "name" {
  description = "The scale set's name."
  value       = one(concat(azurerm_linux_virtual_machine_scale_set.this[*].name, azurerm_orchestrated_virtual_machine_scale_set.this[*].name))
}
