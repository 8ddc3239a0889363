output "cluster" {
  description = "The cluster's name."
  value       = module.cluster.name
}

output "zone" {
  description = "The zone of the pools without a zone of their own."
  value       = var.zone
}

output "service_account" {
  description = "E-mail of the service account that the nodes run as."
  value       = local.service_account
}

output "network" {
  description = "The name of the nodes' network."
  value       = one(concat(module.network_default[*].name, module.network[*].name))
}

output "node_pools" {
  description = "The names of the node pools."
  value       = concat(module.system_pool[*].name, [for pool in module.node_pool : pool.name])
}

output "kubernetes_version" {
  description = "The version in the settings; a later run compares it to see a wish to upgrade."
  value       = var.kubernetes_version
}

output "release_channel" {
  description = "The release channel."
  value       = var.release_channel
}

output "cluster_label" {
  description = "The value of the label aiinfra-cluster, by which this cluster's resources and costs are found."
  value       = var.labels["aiinfra-cluster"]
}
