output "id" {
  description = "The virtual network's id."
  value       = azurerm_virtual_network.this.id
}

output "name" {
  description = "The virtual network's name."
  value       = azurerm_virtual_network.this.name
}

output "subnet_id" {
  description = "The subnet's id, known once it has its security group and its NAT gateway: no machine starts without them."
  value       = azurerm_subnet.this.id

  depends_on = [
    azurerm_network_security_rule.ssh,
    azurerm_subnet_network_security_group_association.this,
    azurerm_subnet_nat_gateway_association.this,
  ]
}
