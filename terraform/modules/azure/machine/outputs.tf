output "id" {
  description = "The machine's id."
  value       = azurerm_linux_virtual_machine.this.id
}
