resource "azurerm_subnet" "this" {
  #checkov:skip=CKV2_AZURE_31:Only the service's own addresses are in a delegated subnet, and the export lets the network's addresses in alone.
  name                            = "${var.name_prefix}-netapp"
  resource_group_name             = var.resource_group
  virtual_network_name            = var.network
  address_prefixes                = [var.subnet]
  default_outbound_access_enabled = false

  # https://learn.microsoft.com/azure/azure-netapp-files/azure-netapp-files-delegate-subnet
  delegation {
    name = "netapp"

    service_delegation {
      name    = "Microsoft.Netapp/volumes"
      actions = ["Microsoft.Network/networkinterfaces/*", "Microsoft.Network/virtualNetworks/subnets/join/action"]
    }
  }
}

resource "azurerm_netapp_account" "this" {
  name                = "${var.name_prefix}-netapp"
  resource_group_name = var.resource_group
  location            = var.location
  tags                = var.tags
}

resource "azurerm_netapp_pool" "this" {
  name                = "${var.name_prefix}-pool"
  account_name        = azurerm_netapp_account.this.name
  resource_group_name = var.resource_group
  location            = var.location
  service_level       = "Premium"
  size_in_tb          = var.size_tib
  tags                = var.tags
}

# NFSv3: with 4.1, files that root writes belong to nobody where the machines' id mapping isn't the service's.
resource "azurerm_netapp_volume" "this" {
  name                = "${var.name_prefix}-shared"
  account_name        = azurerm_netapp_account.this.name
  pool_name           = azurerm_netapp_pool.this.name
  resource_group_name = var.resource_group
  location            = var.location
  volume_path         = "${var.name_prefix}-shared"
  service_level       = azurerm_netapp_pool.this.service_level
  subnet_id           = azurerm_subnet.this.id
  network_features    = "Standard"
  protocols           = ["NFSv3"]
  security_style      = "unix"
  storage_quota_in_gb = var.size_tib * 1024
  tags                = var.tags

  export_policy_rule {
    rule_index          = 1
    allowed_clients     = [var.address_space]
    protocol            = ["NFSv3"]
    unix_read_write     = true
    root_access_enabled = true # the controller makes homes, and the cloud's agent writes keys into them
  }
}
