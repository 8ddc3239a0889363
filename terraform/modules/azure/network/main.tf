resource "azurerm_virtual_network" "this" {
  name                = var.name == null ? "${var.name_prefix}-vnet" : var.name
  resource_group_name = var.resource_group
  location            = var.location
  address_space       = [var.address_space]
  tags                = var.tags
}

# Machines reach the internet only through the NAT gateway.
resource "azurerm_subnet" "this" {
  name                            = "${var.name_prefix}-subnet"
  resource_group_name             = var.resource_group
  virtual_network_name            = azurerm_virtual_network.this.name
  address_prefixes                = [var.subnet]
  default_outbound_access_enabled = false
}

# Azure's own default rules allow all traffic within the network, and nothing else in.
# https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#default-security-rules
resource "azurerm_network_security_group" "this" {
  name                = "${var.name_prefix}-nsg"
  resource_group_name = var.resource_group
  location            = var.location
  tags                = var.tags
}

resource "azurerm_network_security_rule" "ssh" {
  count = length(var.ssh_from) > 0 ? 1 : 0

  name                        = "ssh"
  description                 = "SSH to the head, from where ALLOWED_CIDRS says."
  resource_group_name         = var.resource_group
  network_security_group_name = azurerm_network_security_group.this.name
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  source_address_prefixes     = var.ssh_from
  destination_port_range      = "22"
  destination_address_prefix  = coalesce(var.ssh_to, cidrhost(var.subnet, 0)) # the first is nobody's: Azure keeps it
}

resource "azurerm_subnet_network_security_group_association" "this" {
  subnet_id                 = azurerm_subnet.this.id
  network_security_group_id = azurerm_network_security_group.this.id
}

resource "azurerm_public_ip" "nat" {
  name                = "${var.name_prefix}-nat-ip"
  resource_group_name = var.resource_group
  location            = var.location
  allocation_method   = "Static"
  sku                 = "Standard"
  tags                = var.tags
}

resource "azurerm_nat_gateway" "this" {
  name                = "${var.name_prefix}-nat"
  resource_group_name = var.resource_group
  location            = var.location
  sku_name            = "Standard"
  tags                = var.tags
}

resource "azurerm_nat_gateway_public_ip_association" "this" {
  nat_gateway_id       = azurerm_nat_gateway.this.id
  public_ip_address_id = azurerm_public_ip.nat.id
}

resource "azurerm_subnet_nat_gateway_association" "this" {
  subnet_id      = azurerm_subnet.this.id
  nat_gateway_id = azurerm_nat_gateway.this.id

  # A gateway without an address would cut the subnet off from the internet.
  depends_on = [azurerm_nat_gateway_public_ip_association.this]
}
