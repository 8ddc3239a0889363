locals {
  name = "${var.name_prefix}-dpl"

  # Nothing else is in this network, so each range is as large as the next one allows: 4,092 nodes, a /24 of pod
  # addresses for each (GKE's own rule for up to 110 pods a node), 4,096 services.
  nodes    = "10.0.0.0/20"
  services = "10.0.16.0/20"
  pods     = "10.16.0.0/12"

  # The source addresses of the IAP tunnel: https://cloud.google.com/iap/docs/using-tcp-forwarding
  iap_range = "35.235.240.0/20"
}

resource "google_compute_network" "this" {
  name                    = "${local.name}-net"
  description             = "The network of cluster ${var.name_prefix}."
  auto_create_subnetworks = false
  mtu                     = 8896
}

resource "google_compute_subnetwork" "this" {
  #checkov:skip=CKV_GCP_26:Flow logs of GPU traffic cost more than they tell, and nobody asked for them.
  #checkov:skip=CKV_GCP_76:The subnet has no IPv6.
  name                     = "${local.name}-subnet"
  description              = "The nodes of cluster ${var.name_prefix}."
  network                  = google_compute_network.this.id
  region                   = var.region
  ip_cidr_range            = local.nodes
  private_ip_google_access = true # Images and storage are reached without an external address, and without the NAT.

  secondary_ip_range {
    range_name    = "pods"
    ip_cidr_range = local.pods
  }

  secondary_ip_range {
    range_name    = "services"
    ip_cidr_range = local.services
  }
}

resource "google_compute_router" "this" {
  name        = "${local.name}-router"
  description = "Carries the NAT of cluster ${var.name_prefix}."
  network     = google_compute_network.this.id
  region      = var.region
}

resource "google_compute_router_nat" "this" {
  name                               = "${local.name}-nat"
  router                             = google_compute_router.this.name
  region                             = var.region
  nat_ip_allocate_option             = "AUTO_ONLY" # It takes addresses as the cluster grows; none of them accepts a connection.
  source_subnetwork_ip_ranges_to_nat = "ALL_SUBNETWORKS_ALL_IP_RANGES"
}

# GKE itself opens the ports that nodes, pods and the control plane need.
resource "google_compute_firewall" "iap" {
  name          = "${local.name}-iap"
  description   = "SSH to the nodes of cluster ${var.name_prefix}, through Identity-Aware Proxy alone."
  network       = google_compute_network.this.id
  direction     = "INGRESS"
  source_ranges = [local.iap_range]

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}
