# Azure takes this name alone, and a range of 64 addresses at least.
# https://learn.microsoft.com/azure/bastion/configuration-settings#subnet
resource "azurerm_subnet" "this" {
  #checkov:skip=CKV2_AZURE_31:A group there must hold all of Bastion's own rules, and nothing but Bastion's hosts is in the subnet.
  name                 = "AzureBastionSubnet"
  resource_group_name  = var.resource_group
  virtual_network_name = var.virtual_network
  address_prefixes     = [var.subnet]
}

resource "azurerm_public_ip" "this" {
  name                = "${var.name_prefix}-bastion-ip"
  resource_group_name = var.resource_group
  location            = var.location
  allocation_method   = "Static"
  sku                 = "Standard"
  tags                = var.tags
}

# Tunnels, which ssh needs, are the Standard tier's. Two units, the least, carry some 80 sessions of ssh.
# https://learn.microsoft.com/azure/bastion/bastion-sku-comparison
resource "azurerm_bastion_host" "this" {
  name                = "${var.name_prefix}-bastion"
  resource_group_name = var.resource_group
  location            = var.location
  sku                 = "Standard"
  tunneling_enabled   = true
  tags                = var.tags

  ip_configuration {
    name                 = "public"
    subnet_id            = azurerm_subnet.this.id
    public_ip_address_id = azurerm_public_ip.this.id
  }
}
