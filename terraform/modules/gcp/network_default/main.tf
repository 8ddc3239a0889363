# The project's network "default". Nothing present in it is changed: its open ports are the project's business.
locals {
  # Other names than in a network of the cluster's own: NETWORK_CONFIG can change, and then Terraform makes those
  # while these are still being deleted.
  name = "${var.name_prefix}-dpl"

  # The source addresses of the IAP tunnel: https://cloud.google.com/iap/docs/using-tcp-forwarding
  iap_range = "35.235.240.0/20"

  # Only those of the machines' region: another NAT of the network may serve others, and two NATs can't serve one.
  # In custom mode the machines are in one that is named, and the others may be a load balancer's.
  subnets = var.subnetwork != "" ? [var.subnetwork] : [
    for link in data.google_compute_network.default.subnetworks_self_links : link
    if strcontains(link, "/regions/${var.region}/")
  ]
}

data "google_compute_network" "default" {
  name = "default"
}

resource "google_compute_router" "this" {
  count = var.nat ? 1 : 0

  name        = "${local.name}-out"
  description = "Carries the NAT of cluster ${var.name_prefix}."
  network     = data.google_compute_network.default.self_link
  region      = var.region
}

resource "google_compute_router_nat" "this" {
  count = var.nat ? 1 : 0

  name                               = "${local.name}-out"
  router                             = one(google_compute_router.this[*].name)
  region                             = var.region
  nat_ip_allocate_option             = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "LIST_OF_SUBNETWORKS"

  dynamic "subnetwork" {
    for_each = local.subnets

    content {
      name                    = subnetwork.value
      source_ip_ranges_to_nat = ["ALL_IP_RANGES"]
    }
  }
}

resource "google_compute_firewall" "iap" {
  count = var.iap ? 1 : 0

  name                    = "${local.name}-ssh"
  description             = "SSH to the machines of cluster ${var.name_prefix}, through Identity-Aware Proxy alone."
  network                 = data.google_compute_network.default.self_link
  direction               = "INGRESS"
  source_ranges           = [local.iap_range]
  target_service_accounts = var.service_accounts

  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}
