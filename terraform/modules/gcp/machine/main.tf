locals {
  # As in the instance template's module.
  needs_gvnic = can(regex("^([a-z]+[3-9][a-z]*|t2a)-", var.machine_type)) && !endswith(var.machine_type, "-metal")
}

# Another image setting makes the machine anew; another image of the same family doesn't.
resource "terraform_data" "image" {
  input = var.image
}

# A machine that no group has: it keeps its name, and stays until Terraform deletes it.
resource "google_compute_instance" "this" {
  #checkov:skip=CKV_GCP_38:Google encrypts all disks; a key of the user's own is one more thing to keep.
  #checkov:skip=CKV_GCP_39:Images without UEFI refuse a Shielded VM block, the others have vTPM and integrity monitoring by themselves, and secure boot keeps NVIDIA's unsigned drivers from loading.
  #checkov:skip=CKV_GCP_40:EXTERNAL_IP=yes is the documented default, and no port is open to the address.
  name           = var.name
  description    = var.description
  zone           = var.zone
  machine_type   = var.machine_type
  labels         = var.labels
  metadata       = var.metadata
  desired_status = "RUNNING" # One that was stopped is started again.

  # Another type, or another account, needs a machine that is off for a minute.
  allow_stopping_for_update = true

  boot_disk {
    auto_delete = true

    initialize_params {
      image  = var.image
      size   = var.disk_size_gb
      type   = var.disk_type
      labels = var.labels
    }
  }

  dynamic "attached_disk" {
    for_each = var.data_disk == null ? [] : [var.data_disk]

    content {
      source      = attached_disk.value
      device_name = var.data_device
    }
  }

  network_interface {
    network    = var.network_interface.subnetwork == null ? var.network_interface.network : null
    subnetwork = var.network_interface.subnetwork
    nic_type   = local.needs_gvnic ? "GVNIC" : null

    # Without this block a machine has no external address.
    dynamic "access_config" {
      for_each = var.external_ip ? [true] : []

      content {}
    }
  }

  # It has no GPUs, and moves to another host before that one's maintenance.
  scheduling {
    on_host_maintenance = "MIGRATE"
    automatic_restart   = true
  }

  # The account's roles say what it may do, not its scopes.
  service_account {
    email  = var.service_account
    scopes = ["cloud-platform"]
  }

  lifecycle {
    # Keys come and go with the people who log in.
    ignore_changes       = [metadata["ssh-keys"], boot_disk[0].initialize_params[0].image]
    replace_triggered_by = [terraform_data.image]
  }
}
