output "controller" {
  description = "The controller's name."
  value       = module.controller.name
}

output "logins" {
  description = "The names of the login nodes."
  value       = sort([for login in module.login : login.name])
}

output "node_groups" {
  description = "The names of the nodes' managed instance groups, by pool."
  value       = { for pool, group in module.node_group : pool => group.name }
}

output "service_account" {
  description = "E-mail of the service account that the nodes run as."
  value       = local.nodes_account
}

output "controller_account" {
  description = "E-mail of the service account that the controller runs as."
  value       = local.controller_account
}

output "controller_role" {
  description = "The name of the controller's role; null where the settings name an account."
  value       = one(module.controller_role[*].name)
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
