output "id" {
  description = "The vault's id."
  value       = azurerm_key_vault.this.id
}
