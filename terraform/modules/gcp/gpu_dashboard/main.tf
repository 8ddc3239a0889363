locals {
  # The widgets for each machine with the cluster's label, whose value replaces CLUSTER_LABEL. Metrics:
  # https://cloud.google.com/monitoring/api/metrics_opsagent, and for DCGM version 1 of the ops agent's receiver
  # (github.com/GoogleCloudPlatform/ops-agent, apps/dcgm.go of 2026-08-05).
  charts = replace(file("${path.module}/dashboard.json"), "CLUSTER_LABEL", var.labels["aiinfra-cluster"])

  dashboard = merge(jsondecode(local.charts), {
    displayName = "GPU cluster ${var.name_prefix}"
    labels      = var.labels
  })
}

resource "google_monitoring_dashboard" "this" {
  dashboard_json = jsonencode(local.dashboard)
}
