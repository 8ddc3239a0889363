output "instance_group" {
  description = "The managed instance group's name."
  value       = module.instance_group.name
}

output "instance_group_self_link" {
  description = "The managed instance group's URL."
  value       = module.instance_group.self_link
}

output "head_group" {
  description = "The name of the managed instance group of Ray's head; null without one."
  value       = one(module.head_group[*].name)
}

output "service_account" {
  description = "E-mail of the service account that the machines run as."
  value       = local.service_account
}

output "network" {
  description = "The name of the machines' network."
  value       = local.network_name
}

output "cluster_label" {
  description = "The value of the label aiinfra-cluster, by which this cluster's resources and costs are found."
  value       = var.labels["aiinfra-cluster"]
}

output "zone" {
  description = "The machines' zone."
  value       = var.zone
}

output "file_shares" {
  description = "The shares: each one's address, its name there, and its mount path on the machines."
  value       = module.file_shares.shares
}

output "dashboard" {
  description = "The name of the dashboard of the machines' GPUs; null for none."
  value       = one(module.gpu_dashboard[*].id)
}
