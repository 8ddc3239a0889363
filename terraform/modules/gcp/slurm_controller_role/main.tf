locals {
  # A role's id has letters, digits, underscores and periods, and at most 64 of them.
  # https://docs.cloud.google.com/iam/docs/creating-custom-roles
  role_id = "slurm_${substr(replace(var.name_prefix, "-", "_"), 0, 40)}_${terraform_data.made.output}"
}

# The id of a deleted role stays taken for up to 37 days: each cluster has one of its own.
# https://docs.cloud.google.com/iam/docs/creating-custom-roles#deleting-custom-role
resource "terraform_data" "made" {
  input = formatdate("YYYYMMDDhhmmss", timestamp())

  lifecycle {
    ignore_changes = [input]
  }
}

# The group's nodes are made by Google's own agent in the project, so this account needs no right to make machines, nor
# to act as the nodes' account.
# https://docs.cloud.google.com/compute/docs/reference/rest/v1/instanceGroupManagers/createInstances
resource "google_project_iam_custom_role" "this" {
  project     = var.project_id
  role_id     = local.role_id
  title       = "Slurm controller of cluster ${var.name_prefix}"
  description = "The controller makes and deletes the nodes of its groups, and looks at them."
  permissions = var.permissions
}

resource "google_project_iam_member" "this" {
  project = var.project_id
  role    = google_project_iam_custom_role.this.name
  member  = var.member
}
