# One network for all RDMA cards, with a subnet for each. Its profile allows all traffic within the network and
# nothing in or out, and supports neither firewall rules nor a router:
# https://docs.cloud.google.com/vpc/docs/rdma-network-profiles, https://cloud.google.com/firewall/docs/firewall-for-roce
locals {
  name = "${var.name_prefix}-dpl-rdma"

  # 8 subnets of 4,092 machines each. No other network of the cluster has this range.
  range   = "10.64.0.0/16"
  subnets = { for number in range(var.nics) : number => cidrsubnet(local.range, 4, number) }
}

resource "google_compute_network" "this" {
  #checkov:skip=CKV2_GCP_18:The profile takes no firewall rules, and nothing but these cards reaches the network.
  name                    = local.name
  description             = "The RDMA cards of cluster ${var.name_prefix}."
  auto_create_subnetworks = false
  mtu                     = 8896
  network_profile         = "projects/${var.project_id}/global/networkProfiles/${var.network_profile}"
}

resource "google_compute_subnetwork" "this" {
  #checkov:skip=CKV_GCP_26:Flow logs of GPU traffic cost more than they tell, and the profile takes none.
  #checkov:skip=CKV_GCP_74:Storage is reached through the first card.
  #checkov:skip=CKV_GCP_76:The subnet has no IPv6.
  for_each = local.subnets

  name          = "${local.name}-${each.key}"
  description   = "RDMA card ${each.key} of each machine of cluster ${var.name_prefix}."
  network       = google_compute_network.this.id
  region        = var.region
  ip_cidr_range = each.value
}
