locals {
  name = "${var.name_prefix}-dpl"

  range = "10.0.0.0/9"

  # A /20, 4,092 machines: a group has up to 1,000, and replaced machines may take an address before
  # the old ones' are free again.
  subnet = cidrsubnet(local.range, 11, 0)

  # The source addresses of the IAP tunnel: https://cloud.google.com/iap/docs/using-tcp-forwarding
  iap_range = "35.235.240.0/20"
}

resource "google_compute_network" "this" {
  name                    = "${local.name}-net"
  description             = "The network of cluster ${var.name_prefix}."
  auto_create_subnetworks = false
  mtu                     = var.mtu
}

resource "google_compute_subnetwork" "this" {
  #checkov:skip=CKV_GCP_26:Flow logs of GPU traffic cost more than they tell, and nobody asked for them.
  #checkov:skip=CKV_GCP_76:The subnet has no IPv6.
  name                     = "${local.name}-subnet"
  description              = "The machines of cluster ${var.name_prefix}."
  network                  = google_compute_network.this.id
  region                   = var.region
  ip_cidr_range            = local.subnet
  private_ip_google_access = true # Storage is reached without an external address, and without the NAT.
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

resource "google_compute_firewall" "internal" {
  name          = "${local.name}-internal"
  description   = "The machines of cluster ${var.name_prefix} among themselves."
  network       = google_compute_network.this.id
  direction     = "INGRESS"
  source_ranges = [local.range]

  allow {
    protocol = "tcp"
  }

  allow {
    protocol = "udp"
  }

  allow {
    protocol = "icmp"
  }
}

resource "google_compute_firewall" "iap" {
  name          = "${local.name}-iap"
  description   = "SSH and the notebook of cluster ${var.name_prefix}, through Identity-Aware Proxy alone."
  network       = google_compute_network.this.id
  direction     = "INGRESS"
  source_ranges = [local.iap_range]

  allow {
    protocol = "tcp"
    ports    = var.enable_notebook ? ["22", "8080"] : ["22"]
  }
}
