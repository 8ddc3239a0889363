locals {
  # The provider appends 26 characters to a prefix of up to 37. A longer prefix gets a day and a three-digit
  # counter instead, which starts anew with every run: the day's second change would then meet the first's name.
  template_prefix = "${trimsuffix(substr(var.name_prefix, 0, 36), "-")}-"

  # Machines of the A and G series come with their GPUs; only others have them attached.
  # https://cloud.google.com/compute/docs/gpus
  brings_gpus  = can(regex("^(a[0-9]+x?|g[0-9]+)-", var.machine_type))
  attached_gpu = !local.brings_gpus && var.accelerator_count > 0

  # Series of the third generation and later, and Arm machines, take gVNIC alone, and bare metal takes neither it nor
  # VirtIO. For the others nothing is asked for: images without the feature GVNIC would be refused.
  # https://cloud.google.com/compute/docs/networking/using-gvnic
  needs_gvnic = can(regex("^([a-z]+[3-9][a-z]*|t2a)-", var.machine_type)) && !endswith(var.machine_type, "-metal")

  # https://docs.cloud.google.com/compute/docs/instances/provisioning-models
  models = {
    standard          = "STANDARD"
    spot              = "SPOT"
    flex-start        = "FLEX_START"
    reservation-bound = "RESERVATION_BOUND"
  }

  # What Google ends of itself is deleted: a machine that is only stopped would keep its disk, and its price.
  ended = var.provisioning_model != "standard" || var.max_run_duration > 0

  # Spot and flex-start machines are never restarted, and those of a placement policy can't be: their group makes
  # them anew. https://docs.cloud.google.com/compute/docs/instances/setting-vm-host-options
  restarted = contains(["standard", "reservation-bound"], var.provisioning_model) && var.placement_policy == null

  # The E2 series has no GPUs, and refuses to be stopped for maintenance unless it may be taken away at any time.
  migrates = startswith(var.machine_type, "e2-") && var.provisioning_model == "standard"

  # Flex-start machines may take nothing from a reservation. The others take what fits, where none is named.
  affinity = var.reservation != "" ? "SPECIFIC_RESERVATION" : var.provisioning_model == "flex-start" ? "NO_RESERVATION" : null

  own_keys = ["startup-script", "cluster-config", "cluster-startup-command"]
  metadata = merge(
    var.metadata,
    {
      VmDnsSetting          = "ZonalPreferred"
      enable-oslogin        = "TRUE"
      install-nvidia-driver = "True"
      startup-script        = var.startup_script
      cluster-config        = var.node_config
    },
    var.enable_notebook ? { proxy-mode = "project_editors" } : {},
    var.startup_command == "" ? {} : { cluster-startup-command = var.startup_command },
  )
}

resource "google_compute_instance_template" "this" {
  #checkov:skip=CKV_GCP_39:Images without UEFI refuse a Shielded VM block, the others have vTPM and integrity monitoring by themselves, and secure boot keeps NVIDIA's unsigned drivers from loading.
  #checkov:skip=CKV_GCP_40:EXTERNAL_IP=yes is the documented default, and no port is open to the address.
  name_prefix          = local.template_prefix
  description          = "A machine of cluster ${var.name_prefix}."
  instance_description = "A node of cluster ${var.name_prefix}."
  machine_type         = var.machine_type
  labels               = var.labels
  metadata             = local.metadata

  disk {
    boot         = true
    auto_delete  = true
    source_image = var.image
    disk_size_gb = var.disk_size_gb
    disk_type    = var.disk_type
    labels       = var.labels
  }

  dynamic "guest_accelerator" {
    for_each = local.attached_gpu ? [var.accelerator_type] : []

    content {
      type  = guest_accelerator.value
      count = var.accelerator_count
    }
  }

  dynamic "network_interface" {
    for_each = var.network_interfaces

    content {
      network    = network_interface.value.subnetwork == null ? network_interface.value.network : null
      subnetwork = network_interface.value.subnetwork
      nic_type   = network_interface.value.nic_type != null ? network_interface.value.nic_type : local.needs_gvnic ? "GVNIC" : null

      # Without this block a machine has no external address.
      dynamic "access_config" {
        for_each = var.external_ip && network_interface.key == 0 ? [true] : []

        content {}
      }
    }
  }

  # A machine with GPUs can't move to another host while it runs: the host's maintenance stops it.
  scheduling {
    provisioning_model          = local.models[var.provisioning_model]
    preemptible                 = var.provisioning_model == "spot"
    on_host_maintenance         = local.migrates ? "MIGRATE" : "TERMINATE"
    automatic_restart           = local.restarted
    instance_termination_action = local.ended ? "DELETE" : null

    dynamic "max_run_duration" {
      for_each = var.max_run_duration > 0 ? [var.max_run_duration] : []

      content {
        seconds = max_run_duration.value
      }
    }
  }

  dynamic "reservation_affinity" {
    for_each = local.affinity == null ? [] : [local.affinity]

    content {
      type = reservation_affinity.value

      dynamic "specific_reservation" {
        for_each = var.reservation == "" ? [] : [var.reservation]

        content {
          key    = "compute.googleapis.com/reservation-name"
          values = [specific_reservation.value]
        }
      }
    }
  }

  resource_policies = var.placement_policy == null ? null : [var.placement_policy]

  # What the account may do is said by its roles, not by scopes.
  service_account {
    email  = var.service_account
    scopes = ["cloud-platform"]
  }

  lifecycle {
    # The group uses the old template until it has been given the new one.
    create_before_destroy = true

    # Not the variable's own validation: that would print the line that holds the metadata.
    precondition {
      condition     = length(setintersection(keys(var.metadata), local.own_keys)) == 0
      error_message = "The metadata keys ${join(", ", local.own_keys)} are the tool's own; a command of yours belongs in STARTUP_COMMAND."
    }
  }
}
