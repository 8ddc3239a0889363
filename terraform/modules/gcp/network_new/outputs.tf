output "network" {
  description = "The network's URL, known once it reaches the internet: machines need that as soon as they start."
  value       = google_compute_network.this.self_link

  depends_on = [
    google_compute_router_nat.this,
    google_compute_firewall.internal,
    google_compute_firewall.iap,
  ]
}

output "subnetwork" {
  description = "The subnet's URL."
  value       = google_compute_subnetwork.this.self_link
}

output "name" {
  description = "The network's name."
  value       = google_compute_network.this.name
}
