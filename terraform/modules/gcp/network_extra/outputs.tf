output "subnetworks" {
  description = "The subnets' URLs, in the order of the cards, known once the machines may talk to each other there."
  value       = [for number in sort(keys(local.subnets)) : google_compute_subnetwork.this[number].self_link]

  depends_on = [google_compute_firewall.internal]
}
