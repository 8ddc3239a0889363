locals {
  cluster = coalesce(var.cluster, var.name_prefix)
}

# Machines near each other. Neither kind of policy takes labels.
resource "google_compute_resource_policy" "placement" {
  # It can be deleted only after the last machine that was made with it.
  count = var.kind == "policy" || var.keep_policy ? 1 : 0

  name        = "${var.name_prefix}-placement"
  description = "Keeps the machines of cluster ${local.cluster} near each other."
  region      = var.region

  # Without vm_count: with it, exactly that many machines would have to come at the same time.
  group_placement_policy {
    collocation = "COLLOCATED"
  }
}

resource "google_compute_resource_policy" "workload" {
  count = var.kind == "workload" ? 1 : 0

  name        = "${var.name_prefix}-workload"
  description = "Keeps the machines of cluster ${local.cluster} near each other."
  region      = var.region

  # Without a largest distance: the group may have 1,500 machines, and is placed where there is room.
  workload_policy {
    type = "HIGH_THROUGHPUT"
  }
}
