output "id" {
  description = "The dashboard's name, projects/<number>/dashboards/<id>."
  value       = google_monitoring_dashboard.this.id
}
