output "remote_write_url" {
  description = "Where Prometheus writes to, with a token for https://monitor.azure.com of the writer's identity."
  value       = "${data.azurerm_monitor_data_collection_endpoint.this.metrics_ingestion_endpoint}/dataCollectionRules/${data.azurerm_monitor_data_collection_rule.this.immutable_id}/streams/Microsoft-PrometheusMetrics/api/v1/write?api-version=2023-04-24"

  depends_on = [azurerm_role_assignment.writer]
}

output "query_endpoint" {
  description = "Where the metrics are asked for in PromQL."
  value       = azurerm_monitor_workspace.this.query_endpoint
}

output "grafana" {
  description = "The address of Grafana."
  value       = azurerm_dashboard_grafana.this.endpoint
}
