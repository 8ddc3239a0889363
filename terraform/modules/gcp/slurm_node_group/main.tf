# The nodes of a Slurm cluster come and go by their own names: the controller makes and deletes each one in the group.
# https://cloud.google.com/compute/docs/instance-groups/creating-groups-of-managed-instances#create_instances_with_specific_names
resource "google_compute_instance_group_manager" "this" {
  name               = "${var.name_prefix}-mig"
  description        = "The nodes ${var.name_prefix}-1 and so on of a Slurm cluster."
  base_instance_name = var.name_prefix
  zone               = var.zone
  target_size        = 0

  # The controller makes the nodes, long after Terraform.
  wait_for_instances = false

  version {
    instance_template = var.instance_template
  }

  # Slurm decides about a node that failed. Were the group to make it anew, there would be nodes that Slurm has ended.
  instance_lifecycle_policy {
    default_action_on_failure = "DO_NOTHING"
  }

  dynamic "resource_policies" {
    for_each = var.workload_policy == null ? [] : [var.workload_policy]

    content {
      workload_policy = resource_policies.value
    }
  }

  # Nodes that are on keep their template until they are ended.
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

  lifecycle {
    # It counts the nodes that are on.
    ignore_changes = [target_size]
  }
}
