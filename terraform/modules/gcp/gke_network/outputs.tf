output "network" {
  description = "The network's path, known once it reaches the internet: nodes need that as soon as they start."
  value       = google_compute_network.this.id

  depends_on = [
    google_compute_router_nat.this,
    google_compute_firewall.iap,
  ]
}

output "subnetwork" {
  description = "The subnet's path."
  value       = google_compute_subnetwork.this.id
}

output "pods_range" {
  description = "The name of the subnet's range for pods."
  value       = google_compute_subnetwork.this.secondary_ip_range[0].range_name
}

output "services_range" {
  description = "The name of the subnet's range for services."
  value       = google_compute_subnetwork.this.secondary_ip_range[1].range_name
}

output "name" {
  description = "The network's name."
  value       = google_compute_network.this.name
}
