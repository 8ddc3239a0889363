locals {
  # A share's key is its mount path: another order of the list, or one entry less, changes nothing of the
  # others and their data.
  shares = { for share in var.shares : share.path => share }

  # The tiers that are regional: https://cloud.google.com/filestore/docs/service-tiers
  regional = ["REGIONAL", "ENTERPRISE"]

  # A basic tier's share has a name of at most 16 characters. Each server has only one share.
  share_name = "nfsshare"
}

resource "google_filestore_instance" "this" {
  for_each = local.shares

  # "<prefix>-nfs-<6 digits>": 61 characters with the longest prefix, of 63.
  name        = "${var.name_prefix}-nfs-${substr(sha256(each.key), 0, 6)}"
  description = "What the machines of cluster ${var.name_prefix} share on ${each.key}."
  location    = contains(local.regional, each.value.tier) ? var.region : var.zone
  tier        = each.value.tier
  labels      = var.labels

  # Destroy must leave nothing.
  deletion_protection_enabled = false

  # By default the network's own addresses may mount it, to read and write as root: the machines' root opens
  # it for everybody on them. https://cloud.google.com/filestore/docs/access-control
  file_shares {
    name        = local.share_name
    capacity_gb = each.value.size_gb
  }

  networks {
    network      = var.network
    modes        = ["MODE_IPV4"]
    connect_mode = "DIRECT_PEERING"
  }

  # A small one takes minutes, one of many terabytes far longer.
  timeouts {
    create = "60m"
    update = "60m"
    delete = "60m"
  }
}

# In NFS version 3 the server calls the client when it grants a pending lock, or after a restart. The client
# chooses the ports. https://cloud.google.com/filestore/docs/configuring-firewall
resource "google_compute_firewall" "callbacks" {
  count = var.own_network && length(local.shares) > 0 ? 1 : 0

  name          = "${var.name_prefix}-dpl-nfs"
  description   = "The file servers of cluster ${var.name_prefix} to its machines: locks."
  network       = var.network
  direction     = "INGRESS"
  source_ranges = sort([for server in google_filestore_instance.this : "${server.networks[0].ip_addresses[0]}/32"])

  allow {
    protocol = "tcp"
  }

  allow {
    protocol = "udp"
  }
}
