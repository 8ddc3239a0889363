output "subnetworks" {
  description = "The subnets' URLs, in the order of the cards."
  value       = [for number in sort(keys(local.subnets)) : google_compute_subnetwork.this[number].self_link]
}
