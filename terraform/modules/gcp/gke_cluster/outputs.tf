output "id" {
  description = "The cluster's path, projects/P/locations/L/clusters/C."
  value       = google_container_cluster.this.id
}

output "name" {
  description = "The cluster's name."
  value       = google_container_cluster.this.name
}
