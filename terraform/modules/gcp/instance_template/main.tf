locals {
  # The provider appends 26 characters to a prefix of up to 37. A longer prefix gets a day and a three-digit
  # counter instead, which every run restarts: the day's second change would then get the first one's name.
  template_prefix = "${trimsuffix(substr(var.name_prefix, 0, 36), "-")}-"

  # Machines of the A and G series include their GPUs; others have them attached.
  # https://cloud.google.com/compute/docs/gpus
  brings_gpus  = can(regex("^(a[0-9]+x?|g[0-9]+)-", var.machine_type))
  attached_gpu = !local.brings_gpus && var.accelerator_count > 0

  # Series of the third generation and later, and Arm machines, support only gVNIC; bare metal supports neither it nor
  # VirtIO. For the others no type is set: Google would refuse images without the feature GVNIC.
  # https://cloud.google.com/compute/docs/networking/using-gvnic
  needs_gvnic = can(regex("^([a-z]+[3-9][a-z]*|t2a)-", var.machine_type)) && !endswith(var.machine_type, "-metal")

  # https://docs.cloud.google.com/compute/docs/instances/provisioning-models
  models = {
    standard          = "STANDARD"
    spot              = "SPOT"
    flex-start        = "FLEX_START"
    reservation-bound = "RESERVATION_BOUND"
  }

  # A machine that Google ends is deleted: a stopped one would keep its disk, and its price.
  ended = var.provisioning_model != "standard" || var.max_run_duration > 0

  # Spot and flex-start machines are never restarted, and those of a placement policy can't be: their group
  # replaces them. https://docs.cloud.google.com/compute/docs/instances/setting-vm-host-options
  restarted = contains(["standard", "reservation-bound"], var.provisioning_model) && var.placement_policy == null

  # The E2 series has no GPUs, and can't be stopped for maintenance unless Google may take it away at any time.
  migrates = startswith(var.machine_type, "e2-") && var.provisioning_model == "standard"

  # Flex-start machines may not use a reservation. The others use any that fits, unless one is named.
  affinity = var.reservation != "" ? "SPECIFIC_RESERVATION" : var.provisioning_model == "flex-start" ? "NO_RESERVATION" : null

  # Without OS Login people come by keys that expire, which Google's agent on the machine reads from the metadata:
  # https://cloud.google.com/compute/docs/connect/add-ssh-keys
  login = var.ssh_keys == null ? { enable-oslogin = "TRUE" } : merge(
    { enable-oslogin = "FALSE", block-project-ssh-keys = "TRUE" },
    var.ssh_keys == "" ? {} : { ssh-keys = var.ssh_keys },
  )

  own_keys = ["startup-script", "cluster-config", "cluster-startup-command"]
  metadata = merge(
    var.metadata,
    local.login,
    {
      VmDnsSetting          = "ZonalPreferred"
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

  # The account's roles say what it may do, not its scopes.
  service_account {
    email  = var.service_account
    scopes = ["cloud-platform"]
  }

  lifecycle {
    # The group uses the old template until it gets the new one.
    create_before_destroy = true

    # The variable's own validation would print the line with the metadata.
    precondition {
      condition     = length(setintersection(keys(var.metadata), local.own_keys)) == 0
      error_message = "The metadata keys ${join(", ", local.own_keys)} are the tool's own; a command of yours belongs in STARTUP_COMMAND."
    }
  }
}
