# Networks for the machines' further cards, one each, without traffic from or to other networks.
locals {
  name = "${var.name_prefix}-dpl"

  # 10.1.0.0/16, 10.2.0.0/16 and so on; 10.0.0.0 is the first network's. Machines in several networks need
  # different ranges.
  ranges = { for number in range(1, var.networks + 1) : number => "10.${number}.0.0/16" }

  # A /20 as in the first network: 4,092 machines.
  subnets = { for number, range in local.ranges : number => cidrsubnet(range, 4, 0) }
}

resource "google_compute_network" "this" {
  for_each = local.ranges

  name                    = "${local.name}-net-${each.key}"
  description             = "For card ${each.key} of each machine of cluster ${var.name_prefix}."
  auto_create_subnetworks = false
  mtu                     = var.mtu
}

resource "google_compute_subnetwork" "this" {
  #checkov:skip=CKV_GCP_26:Flow logs of GPU traffic cost more than they tell, and nobody asked for them.
  #checkov:skip=CKV_GCP_74:Storage is reached through the first card.
  #checkov:skip=CKV_GCP_76:The subnet has no IPv6.
  for_each = local.subnets

  # 63 characters with the longest prefix.
  name          = "${local.name}-subnet-${each.key}"
  description   = "For card ${each.key} of each machine of cluster ${var.name_prefix}."
  network       = google_compute_network.this[each.key].id
  region        = var.region
  ip_cidr_range = each.value
}

resource "google_compute_firewall" "internal" {
  for_each = local.ranges

  name          = "${local.name}-int-${each.key}"
  description   = "The machines of cluster ${var.name_prefix} among themselves, by their card ${each.key}."
  network       = google_compute_network.this[each.key].id
  direction     = "INGRESS"
  source_ranges = [each.value]

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
