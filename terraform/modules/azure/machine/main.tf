resource "azurerm_network_interface" "this" {
  name                           = "${var.name}-nic"
  resource_group_name            = var.resource_group
  location                       = var.location
  accelerated_networking_enabled = var.accelerated_networking
  tags                           = var.tags

  ip_configuration {
    name                          = local.configuration
    subnet_id                     = var.subnet_id
    private_ip_address_allocation = "Dynamic"
  }
}

locals {
  configuration = "internal"
}

# Its count is known before the pool is: the pool's id is not.
resource "azurerm_network_interface_backend_address_pool_association" "this" {
  count = length(var.pool_ids)

  network_interface_id    = azurerm_network_interface.this.id
  ip_configuration_name   = local.configuration
  backend_address_pool_id = var.pool_ids[count.index]
}

resource "azurerm_linux_virtual_machine" "this" {
  #checkov:skip=CKV_AZURE_50:The tool installs no extension, and a platform's own (monitoring, policies) are the subscription's to decide on.
  #checkov:skip=CKV_AZURE_97:Encryption at host has to be registered for each subscription first; disks are encrypted where they are kept, always.
  name                  = var.name
  computer_name         = var.name
  resource_group_name   = var.resource_group
  location              = var.location
  zone                  = var.zone
  tags                  = var.tags
  size                  = var.size
  admin_username        = var.admin
  custom_data           = var.custom_data
  source_image_id       = var.image.id
  network_interface_ids = [azurerm_network_interface.this.id]

  secure_boot_enabled = var.secure_boot ? true : null
  vtpm_enabled        = var.vtpm ? true : null

  disable_password_authentication = true

  admin_ssh_key {
    username   = var.admin
    public_key = var.public_key
  }

  dynamic "source_image_reference" {
    for_each = var.image.reference == null ? [] : [var.image.reference]

    content {
      publisher = source_image_reference.value.publisher
      offer     = source_image_reference.value.offer
      sku       = source_image_reference.value.sku
      version   = source_image_reference.value.version
    }
  }

  dynamic "plan" {
    for_each = var.plan == null ? [] : [var.plan]

    content {
      publisher = plan.value.publisher
      product   = plan.value.product
      name      = plan.value.name
    }
  }

  # Azure makes up its name: that of a machine that was lost may still be there.
  os_disk {
    storage_account_type = "Premium_LRS"
    caching              = "ReadWrite"
    disk_size_gb         = var.os_disk_gb
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [var.identity_id]
  }

  # Azure keeps the console's output, which shows why a machine did not start.
  boot_diagnostics {}

  # A machine that runs stays as it is, as those of scale sets do: each of these would make it anew, under its jobs. One
  # that is made anew has what they are then.
  lifecycle {
    ignore_changes = [admin_ssh_key, admin_username, custom_data, plan, source_image_id, source_image_reference]
  }
}
