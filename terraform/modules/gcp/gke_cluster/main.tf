resource "google_container_cluster" "this" {
  #checkov:skip=CKV_GCP_13:The control plane takes no client certificates: none is issued.
  #checkov:skip=CKV_GCP_61:Flow logs of traffic within a node cost more than they tell, and nobody asked for them.
  #checkov:skip=CKV_GCP_65:Groups are the organisation's own: this tool can't know which one holds the users.
  #checkov:skip=CKV_GCP_66:Which images may run is the user's choice, and no policy is known here.
  #checkov:skip=CKV_GCP_12:Dataplane V2 enforces network policies without the add-on.
  #checkov:skip=CKV_GCP_21:It has them, in a variable that the check can't look into.
  name            = "${var.name_prefix}-gke"
  description     = "Cluster ${var.name_prefix}."
  location        = var.region # Four times the control plane for the same fee; pools are in one zone each.
  node_locations  = [var.zone]
  resource_labels = var.labels

  # The default, true, makes every destroy fail.
  deletion_protection = false

  network           = var.network
  subnetwork        = var.subnetwork
  networking_mode   = "VPC_NATIVE"
  datapath_provider = "ADVANCED_DATAPATH" # Accelerator networks need it, and a cluster can't change to it later.

  enable_multi_networking = var.multi_networking

  ip_allocation_policy {
    cluster_secondary_range_name  = var.pods_range
    services_secondary_range_name = var.services_range
  }

  private_cluster_config {
    enable_private_nodes    = true
    enable_private_endpoint = true
  }

  # No address outside the cluster's own subnet may reach the control plane by IP.
  master_authorized_networks_config {}

  # IAM decides who may use its name (container.clusters.connect); from outside, only if the user wants that.
  control_plane_endpoints_config {
    dns_endpoint_config {
      allow_external_traffic = var.dns_endpoint
    }
  }

  release_channel {
    channel = var.release_channel
  }

  min_master_version = var.kubernetes_version == "" ? null : var.kubernetes_version

  workload_identity_config {
    workload_pool = "${var.project_id}.svc.id.goog"
  }

  enable_shielded_nodes = true

  master_auth {
    client_certificate_config {
      issue_client_certificate = false
    }
  }

  addons_config {
    gcs_fuse_csi_driver_config {
      enabled = true
    }
  }

  # GKE makes no cluster without a pool. This one is deleted at once: every pool is a resource of its own.
  remove_default_node_pool = true
  initial_node_count       = 1

  node_config {
    service_account = var.service_account
    oauth_scopes    = ["https://www.googleapis.com/auth/cloud-platform"]
    resource_labels = var.labels

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
    update = "90m"
    delete = "60m"
  }

  lifecycle {
    # They were for the first pool, which is deleted; others have their own.
    ignore_changes = [initial_node_count, node_config, node_locations]
  }
}
