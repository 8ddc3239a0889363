resource "azurerm_linux_virtual_machine_scale_set" "this" {
  #checkov:skip=CKV_AZURE_97:Encryption at host has to be registered for each subscription first; disks are encrypted where they are kept, always.
  name                 = var.name
  resource_group_name  = var.resource_group
  location             = var.location
  tags                 = var.tags
  sku                  = var.sku
  instances            = 0 # the controller makes them, and ends them
  computer_name_prefix = var.computer_name_prefix
  admin_username       = var.admin
  custom_data          = var.custom_data
  source_image_id      = var.image.id

  zones                       = length(var.zones) > 0 ? var.zones : null
  single_placement_group      = var.single_placement_group
  platform_fault_domain_count = 1 # as close together as there is room; more would be spread evenly

  priority        = var.priority
  eviction_policy = var.priority == "Spot" ? "Delete" : null # one that was only stopped would keep its disk, and its price
  max_bid_price   = var.max_price

  secure_boot_enabled = var.secure_boot ? true : null
  vtpm_enabled        = var.vtpm ? true : null

  # Never more machines than were asked for, not even for minutes.
  overprovision = false

  # Running machines stay as they are; new ones have the new model.
  upgrade_mode = "Manual"

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

  os_disk {
    storage_account_type = "Premium_LRS"
    caching              = "ReadWrite"
    disk_size_gb         = var.os_disk_gb
  }

  identity {
    type         = "UserAssigned"
    identity_ids = [var.identity_id]
  }

  network_interface {
    name                           = "eth0"
    primary                        = true
    accelerated_networking_enabled = var.accelerated_networking

    ip_configuration {
      name      = "internal"
      primary   = true
      subnet_id = var.subnet_id
    }
  }

  # Azure keeps the console's output, which shows why a machine did not start.
  boot_diagnostics {}

  lifecycle {
    ignore_changes = [instances]
  }
}
