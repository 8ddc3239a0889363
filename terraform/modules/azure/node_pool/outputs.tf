output "id" {
  description = "The scale set's id."
  value       = azurerm_linux_virtual_machine_scale_set.this.id
}
