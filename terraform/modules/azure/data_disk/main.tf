resource "azurerm_managed_disk" "this" {
  #checkov:skip=CKV_AZURE_93:Azure encrypts every disk with a key of its own; a key of the user's needs a vault, which is none of this module's.
  name                          = var.name
  resource_group_name           = var.resource_group
  location                      = var.location
  zone                          = var.zone
  tags                          = var.tags
  storage_account_type          = "Premium_LRS"
  create_option                 = "Empty"
  disk_size_gb                  = var.size_gb
  public_network_access_enabled = false # nobody exports it
  network_access_policy         = "DenyAll"
}

resource "azurerm_virtual_machine_data_disk_attachment" "this" {
  managed_disk_id    = azurerm_managed_disk.this.id
  virtual_machine_id = var.machine_id
  lun                = 0      # the machine finds it there: /dev/disk/azure/scsi1/lun0
  caching            = "None" # a database writes to it
}
