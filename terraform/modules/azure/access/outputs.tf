output "address" {
  description = "The load balancer's public address."
  value       = azurerm_public_ip.this.ip_address
}

output "pool_id" {
  description = "The id of the machines' pool, known once the rule exists that makes them reachable."
  value       = azurerm_lb_backend_address_pool.this.id

  depends_on = [azurerm_lb_nat_rule.ssh]
}

output "nat_rule" {
  description = "What identifies a machine's port: the names of the load balancer, the pool and the rule."
  value = {
    load_balancer = azurerm_lb.this.name
    pool          = azurerm_lb_backend_address_pool.this.name
    rule          = azurerm_lb_nat_rule.ssh.name
  }
}
