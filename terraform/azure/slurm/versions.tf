terraform {
  required_version = ">= 1.11"

  required_providers {
    azurerm = {
      source  = "hashicorp/azurerm"
      version = "= 5.2.0"
    }
  }
}

provider "azurerm" {
  subscription_id = var.subscription_id

  # A check beforehand reports the resource providers that the subscription has not registered.
  resource_provider_registrations = "none"

  storage_use_azuread = true

  features {
    # A scale set that gets no machines stays in Azure: with this it stays in the state too.
    persist_id_on_create_before_polling_for_completion = true

    key_vault {
      # Purging takes a right that not everybody has: it is tried after Terraform, and whether it went is told.
      purge_soft_delete_on_destroy = false

      # A Create takes up the vault that an earlier Destroy could not purge.
      recover_soft_deleted_key_vaults = true
    }

    netapp {
      # Whether its data may go is asked before: DELETE_FILE_SHARES.
      prevent_volume_destruction             = false
      delete_backups_on_backup_vault_destroy = false
    }

    resource_group {
      # Deleting the group must not delete what somebody else has put there.
      prevent_deletion_if_contains_resources = true
    }

    virtual_machine_scale_set {
      # A change never replaces or restarts machines while somebody works on them.
      roll_instances_when_required = false
      reimage_on_manual_upgrade    = false

      # Machines are deleted before their set: their network cards would keep the subnet in use.
      scale_to_zero_before_deletion = true
      force_delete                  = false
    }
  }
}
