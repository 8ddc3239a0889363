# https://learn.microsoft.com/azure/private-link/private-endpoint-dns#databases
resource "azurerm_private_dns_zone" "this" {
  name                = "privatelink.mysql.database.azure.com"
  resource_group_name = var.resource_group
  tags                = var.tags
}

resource "azurerm_private_dns_zone_virtual_network_link" "this" {
  name                = "${var.name_prefix}-mysql"
  private_dns_zone_id = azurerm_private_dns_zone.this.id
  virtual_network_id  = var.network_id
  tags                = var.tags
}

resource "azurerm_mysql_flexible_server" "this" {
  #checkov:skip=CKV_AZURE_53:It has no public access; the rule reads the argument of an older provider.
  #checkov:skip=CKV_AZURE_94:Accounting needs no copy of its backups in another region.
  name                  = var.name
  resource_group_name   = var.resource_group
  location              = var.location
  tags                  = var.tags
  version               = "8.0.21"
  sku_name              = var.sku_name
  administrator_login   = var.administrator
  backup_retention_days = 35
  public_network_access = "Disabled"

  # Nobody knows this password: it is made anew at each apply, and sent when the server is made. The controller gives
  # the server another one by its own identity. It is in no state, since it is write-only.
  administrator_password_wo         = "Aa1-${uuid()}"
  administrator_password_wo_version = 1

  storage {
    size_gb           = 20
    auto_grow_enabled = true
  }

  lifecycle {
    ignore_changes = [zone, storage[0].size_gb] # Azure chooses the zone, and lets the storage grow
  }
}

# https://slurm.schedmd.com/accounting.html, "MySQL Configuration". The buffer pool is Azure's own for the size, some
# GB; the log's size is Azure's alone.
resource "azurerm_mysql_flexible_server_configuration" "this" {
  for_each = {
    innodb_lock_wait_timeout = "900"
    require_secure_transport = "ON"
  }

  name                = each.key
  resource_group_name = var.resource_group
  server_name         = azurerm_mysql_flexible_server.this.name
  value               = each.value
}

resource "azurerm_private_endpoint" "this" {
  name                = "${var.name_prefix}-mysql"
  resource_group_name = var.resource_group
  location            = var.location
  subnet_id           = var.subnet_id
  tags                = var.tags

  private_service_connection {
    name                           = "${var.name_prefix}-mysql"
    private_connection_resource_id = azurerm_mysql_flexible_server.this.id
    subresource_names              = ["mysqlServer"]
    is_manual_connection           = false
  }

  private_dns_zone_group {
    name                 = "default"
    private_dns_zone_ids = [azurerm_private_dns_zone.this.id]
  }

  # The server is busy while a parameter is set.
  depends_on = [azurerm_mysql_flexible_server_configuration.this]
}
