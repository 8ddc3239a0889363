output "network" {
  description = "The network's URL, known once it reaches the internet."
  value       = data.google_compute_network.default.self_link

  depends_on = [
    google_compute_router_nat.this,
    google_compute_firewall.iap,
  ]
}

output "subnetwork" {
  description = "The link of the machines' subnet, known once it reaches the internet; null where the network chooses it."
  value       = var.subnetwork == "" ? null : var.subnetwork

  depends_on = [
    google_compute_router_nat.this,
    google_compute_firewall.iap,
  ]
}

output "name" {
  description = "The network's name."
  value       = data.google_compute_network.default.name
}
