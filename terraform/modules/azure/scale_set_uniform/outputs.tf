output "id" {
  description = "The scale set's id."
  value       = azurerm_linux_virtual_machine_scale_set.this.id
}

output "name" {
  description = "The scale set's name."
  value       = azurerm_linux_virtual_machine_scale_set.this.name
}
