output "name" {
  description = "The name of the Bastion."
  value       = azurerm_bastion_host.this.name
}
