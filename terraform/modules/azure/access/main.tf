locals {
  # One port for each machine. The range never changes, so that a cluster can grow: a scale set has at most 1000.
  first_port = 50000
  machines   = 1000
}

resource "azurerm_public_ip" "this" {
  name                = "${var.name_prefix}-ip"
  resource_group_name = var.resource_group
  location            = var.location
  allocation_method   = "Static"
  sku                 = "Standard"
  tags                = var.tags
}

resource "azurerm_lb" "this" {
  name                = "${var.name_prefix}-lb"
  resource_group_name = var.resource_group
  location            = var.location
  sku                 = "Standard"
  tags                = var.tags

  frontend_ip_configuration {
    name                 = "public"
    public_ip_address_id = azurerm_public_ip.this.id
  }
}

resource "azurerm_lb_backend_address_pool" "this" {
  name            = "nodes"
  loadbalancer_id = azurerm_lb.this.id
}

# A rule over the pool holds for machines of both modes of scale sets.
# https://learn.microsoft.com/azure/load-balancer/inbound-nat-rules
resource "azurerm_lb_nat_rule" "ssh" {
  name                           = "ssh"
  resource_group_name            = var.resource_group
  loadbalancer_id                = azurerm_lb.this.id
  backend_address_pool_id        = azurerm_lb_backend_address_pool.this.id
  frontend_ip_configuration_name = "public"
  protocol                       = "Tcp"
  frontend_port_start            = local.first_port
  frontend_port_end              = local.first_port + local.machines - 1
  backend_port                   = 22

  # The longest possible time, in minutes; then the client gets a reset.
  idle_timeout_in_minutes = 30
  tcp_reset_enabled       = true
}
