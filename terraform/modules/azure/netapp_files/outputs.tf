output "id" {
  description = "The volume's id."
  value       = azurerm_netapp_volume.this.id
}

output "address" {
  description = "The address by which machines mount the volume."
  value       = azurerm_netapp_volume.this.mount_target[0].ip_address
}
