locals {
  # An account's id has 6 to 30 characters. A longer prefix is cut, and its hash makes it unique.
  wanted     = "${var.name_prefix}-gke-nodes"
  cut        = "${trimsuffix(substr(var.name_prefix, 0, 13), "-")}-${substr(sha256(var.name_prefix), 0, 6)}-gke-nodes"
  account_id = length(local.wanted) <= 30 ? local.wanted : local.cut

  # As the cloud answers it. The provider foresees email and member without regard to a project's domain, and Terraform
  # would end the first apply in project example.com:name: "Provider produced inconsistent final plan".
  email  = basename(google_service_account.nodes.name)
  member = "serviceAccount:${local.email}"
}

resource "google_service_account" "nodes" {
  account_id   = local.account_id
  display_name = "Nodes of cluster ${var.name_prefix}"
  description  = "What the nodes of this GKE cluster run as. Pods have identities of their own, by workload identity."
}

# The least role for nodes in Google's documents: writing logs and metrics.
# https://cloud.google.com/kubernetes-engine/docs/how-to/service-accounts
resource "google_project_iam_member" "nodes" {
  project = var.project_id
  role    = "roles/container.defaultNodeServiceAccount"
  member  = local.member
}
