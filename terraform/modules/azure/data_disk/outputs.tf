output "id" {
  description = "The disk's id."
  value       = azurerm_managed_disk.this.id
}
