output "network" {
  description = "The network's URL."
  value       = data.google_compute_network.default.self_link
}

output "name" {
  description = "The network's name."
  value       = data.google_compute_network.default.name
}
