output "id" {
  description = "The scale set's id."
  value       = azurerm_orchestrated_virtual_machine_scale_set.this.id
}

output "name" {
  description = "The scale set's name."
  value       = azurerm_orchestrated_virtual_machine_scale_set.this.name
}
