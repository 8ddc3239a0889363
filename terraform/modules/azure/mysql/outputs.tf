output "id" {
  description = "The server's id."
  value       = azurerm_mysql_flexible_server.this.id
}

output "host" {
  description = "The name by which machines of the network reach the server, known once it leads to the private endpoint."
  value       = azurerm_mysql_flexible_server.this.fqdn

  depends_on = [azurerm_private_endpoint.this, azurerm_private_dns_zone_virtual_network_link.this]
}
