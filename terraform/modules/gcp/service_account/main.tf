locals {
  # An account's id has 6 to 30 characters. A longer prefix is cut, and its hash makes it unique.
  wanted     = "${var.name_prefix}-${var.ending}"
  room       = 30 - length("-xxxxxx-${var.ending}")
  cut        = "${trimsuffix(substr(var.name_prefix, 0, local.room), "-")}-${substr(sha256(var.name_prefix), 0, 6)}-${var.ending}"
  account_id = length(local.wanted) <= 30 ? local.wanted : local.cut

  # As the cloud answers it. The provider foresees email and member without regard to a project's domain, and Terraform
  # would end the first apply in project example.com:name: "Provider produced inconsistent final plan".
  email  = basename(google_service_account.nodes.name)
  member = "serviceAccount:${local.email}"

  objects = "projects/_/buckets/${var.state_bucket}/objects/${var.deployment}"

  # A condition's text is a string of the Common Expression Language.
  files_prefix = jsonencode("${local.objects}/files/")
  nodes_prefix = jsonencode("${local.objects}/nodes/")
  slurm_prefix = jsonencode("${local.objects}/slurm/")
}

resource "google_service_account" "nodes" {
  account_id   = local.account_id
  display_name = "${title(var.ending)} of cluster ${var.name_prefix}"
  description  = "What the machines of this cluster run as: they read their files, write their records, and use the mounted buckets."
}

# The machines read by name: the condition holds only for objects, so they can't list the bucket.
resource "google_storage_bucket_iam_member" "files" {
  bucket = var.state_bucket
  role   = "roles/storage.objectViewer"
  member = local.member

  condition {
    title       = "${var.name_prefix} reads files"
    description = "The nodes read the files that were copied for them."
    expression  = "resource.name.startsWith(${local.files_prefix})"
  }
}

# Writing a record again replaces an object, which needs storage.objects.delete beside create:
# objectCreator lacks it, and objectUser is the least of Google's own roles that has both.
resource "google_storage_bucket_iam_member" "nodes" {
  bucket = var.state_bucket
  role   = "roles/storage.objectUser"
  member = local.member

  condition {
    title       = "${var.name_prefix} writes records"
    description = "The nodes write their own records."
    expression  = "resource.name.startsWith(${local.nodes_prefix})"
  }
}

# The controller of a Slurm cluster writes there what only its machines may read: their key, and their names.
resource "google_storage_bucket_iam_member" "slurm" {
  count = var.slurm == "" ? 0 : 1

  bucket = var.state_bucket
  role   = var.slurm == "writes" ? "roles/storage.objectUser" : "roles/storage.objectViewer"
  member = local.member

  condition {
    title       = "${var.name_prefix} ${var.slurm} Slurm's files"
    description = "The controller writes the key and the names of the machines, which read them."
    expression  = "resource.name.startsWith(${local.slurm_prefix})"
  }
}

# In the state bucket, the machines can't reach any deployment's folder: its state, and other machines' files.
# https://cloud.google.com/iam/docs/conditions-attribute-reference: extract gives "" where the template doesn't fit.
resource "google_storage_bucket_iam_member" "mounts" {
  for_each = toset(var.mount_buckets)

  bucket = each.value
  role   = "roles/storage.objectUser"
  member = local.member

  dynamic "condition" {
    for_each = each.value == var.state_bucket ? ["no deployment"] : []

    content {
      title       = "${var.name_prefix} mounts"
      description = "The nodes use the bucket, but for what clusters keep in it."
      expression  = "resource.name.extract(\"-deployment/{rest}\") == \"\""
    }
  }
}

# The agents on the machines write to the project's services. Machines don't wait for these roles.
resource "google_project_iam_member" "agents" {
  for_each = toset(var.agent_roles)

  project = google_service_account.nodes.project
  role    = each.value
  member  = local.member
}
