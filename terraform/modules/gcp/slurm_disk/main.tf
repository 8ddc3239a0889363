# What a Slurm cluster must not lose: accounts, homes, Slurm's state, its key. The controller formats an empty one.
resource "google_compute_disk" "this" {
  #checkov:skip=CKV_GCP_37:Google encrypts all disks; a key of the user's own is one more thing to keep.
  name        = "${var.name_prefix}-controller-data"
  description = "Accounts, homes and Slurm's state of cluster ${var.name_prefix}."
  zone        = var.zone
  type        = var.type
  size        = var.size_gb
  labels      = var.labels
}
