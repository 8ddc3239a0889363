locals {
  flexible   = var.provisioning_model == "flex-start"
  autoscaled = var.max_nodes != null

  # By name: a reservation of another project by its path.
  reservation_key = "compute.googleapis.com/reservation-name"
}

# GKE can't move close machines, nor networks of accelerators: in another zone, the pool is replaced. And so it is in
# another cluster of the same name.
resource "terraform_data" "place" {
  input = { cluster = var.cluster_id, zone = var.zone }
}

resource "google_container_node_pool" "this" {
  #checkov:skip=CKV_GCP_9:Flex-start nodes can't be repaired; all others are.
  name     = var.name
  cluster  = var.cluster
  location = var.region

  node_locations = [var.zone]

  # Only one of them: GKE itself counts the nodes of a pool that it scales.
  node_count         = local.autoscaled ? null : var.node_count
  initial_node_count = local.autoscaled ? var.min_nodes : null

  dynamic "autoscaling" {
    for_each = local.autoscaled ? [true] : []

    content {
      min_node_count = var.min_nodes
      max_node_count = var.max_nodes
    }
  }

  management {
    auto_repair  = !local.flexible
    auto_upgrade = true # Release channels allow nothing else; see maintenance_policy.
  }

  # An upgrade stops everything on the nodes: it waits until Google no longer supports their version.
  maintenance_policy {
    exclusion_until_end_of_support {
      enabled = true
    }
  }

  # An extra machine with GPUs may not be available: nodes are upgraded in place, one by one. For flex-start nodes GKE
  # has its own way. https://cloud.google.com/kubernetes-engine/docs/concepts/node-pool-upgrade-strategies
  dynamic "upgrade_settings" {
    for_each = local.flexible ? [] : [true]

    content {
      strategy        = "SURGE"
      max_surge       = 0
      max_unavailable = 1
    }
  }

  dynamic "placement_policy" {
    for_each = var.compact_placement ? [true] : []

    content {
      type = "COMPACT"
    }
  }

  network_config {
    enable_private_nodes        = true
    accelerator_network_profile = var.accelerator_network ? "auto" : null
  }

  node_config {
    machine_type    = var.machine_type
    image_type      = "COS_CONTAINERD"
    disk_size_gb    = var.disk_size_gb
    disk_type       = var.disk_type
    service_account = var.service_account
    oauth_scopes    = ["https://www.googleapis.com/auth/cloud-platform"] # What the account may do, IAM says.
    resource_labels = var.labels
    labels          = var.rdma ? { "cloud.google.com/gke-networking-dra-driver" = "true" } : null
    metadata        = merge(var.metadata, { "disable-legacy-endpoints" = "true" })

    spot             = var.provisioning_model == "spot"
    flex_start       = local.flexible ? true : null
    max_run_duration = var.max_run_duration == null ? null : "${var.max_run_duration}s"

    gpudirect_strategy = var.rdma ? "RDMA" : null

    dynamic "guest_accelerator" {
      for_each = var.accelerator_count > 0 ? [true] : []

      content {
        type  = var.accelerator_type
        count = var.accelerator_count

        # Google signs it, so that secure boot accepts it.
        gpu_driver_installation_config {
          gpu_driver_version = "DEFAULT"
        }
      }
    }

    dynamic "ephemeral_storage_local_ssd_config" {
      for_each = var.local_ssds > 0 ? [true] : []

      content {
        local_ssd_count = var.local_ssds
      }
    }

    dynamic "reservation_affinity" {
      for_each = var.reservation != "" ? [var.reservation] : []

      content {
        consume_reservation_type = "SPECIFIC_RESERVATION"
        key                      = local.reservation_key
        values                   = [reservation_affinity.value]
      }
    }

    dynamic "reservation_affinity" {
      for_each = local.flexible ? [true] : []

      content {
        consume_reservation_type = "NO_RESERVATION"
      }
    }

    gvnic {
      enabled = true
    }

    shielded_instance_config {
      enable_secure_boot          = true
      enable_integrity_monitoring = true
    }

    workload_metadata_config {
      mode = "GKE_METADATA"
    }
  }

  timeouts {
    create = "60m"
    update = "60m"
    delete = "60m"
  }

  lifecycle {
    replace_triggered_by = [terraform_data.place]

    ignore_changes = [
      initial_node_count, # Another one would make the pool anew.
      # Many machine types imply their local disks: what GKE reports about them is no change.
      node_config[0].ephemeral_storage_local_ssd_config,
      node_config[0].local_nvme_ssd_block_config,
    ]
  }
}
