resource "google_compute_instance_group_manager" "this" {
  name               = var.head ? "${var.name_prefix}-head-mig" : "${var.name_prefix}-mig"
  description        = "The ${var.head ? "head" : "machines"} of cluster ${var.name_prefix}."
  base_instance_name = var.head ? "${var.name_prefix}-head" : "${var.name_prefix}-vm"
  zone               = var.zone
  target_size        = var.instance_count

  # The tool waits itself: the provider's wait can't be interrupted, and never says why a group doesn't fill.
  wait_for_instances = false

  version {
    instance_template = var.instance_template
  }

  instance_lifecycle_policy {
    default_action_on_failure = var.repairs ? "REPAIR" : "DO_NOTHING"
  }

  dynamic "resource_policies" {
    for_each = var.workload_policy == null ? [] : [var.workload_policy]

    content {
      workload_policy = resource_policies.value
    }
  }

  # Running machines keep their template until they are replaced, one at a time and under their own names.
  update_policy {
    type                           = "OPPORTUNISTIC"
    minimal_action                 = "RESTART"
    most_disruptive_allowed_action = "REPLACE" # the API's own default, said so that a plan can't differ
    max_surge_fixed                = 0         # RECREATE allows none
    max_unavailable_fixed          = 1
    replacement_method             = "RECREATE"
  }

  # Deleting a group takes as long as its machines take to stop.
  timeouts {
    create = "30m"
    update = "30m"
    delete = "30m"
  }
}
