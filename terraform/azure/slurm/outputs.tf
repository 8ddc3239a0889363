output "resource_group" {
  description = "The resource group's name."
  value       = module.resource_group.name
}

output "controller_id" {
  description = "The id of the controller's virtual machine."
  value       = module.controller.id
}

output "login_ids" {
  description = "The ids of the login nodes' virtual machines, by name."
  value       = { for name, each in module.login : name => each.id }
}

output "scale_set_ids" {
  description = "The ids of the compute nodes' scale sets, by name."
  value       = { for name, each in module.scale_set : name => each.id }
}

output "data_disk_id" {
  description = "The id of the controller's data disk."
  value       = module.data_disk.id
}

output "netapp_volume_id" {
  description = "The id of the volume of homes; null without Azure NetApp Files."
  value       = one(module.netapp_files[*].id)
}

output "mysql_host" {
  description = "The name of the server of accounting; null without Azure Database for MySQL."
  value       = one(module.mysql[*].host)
}

output "key_vault_id" {
  description = "The id of the vault of the cluster's secrets; null without one."
  value       = one(module.key_vault[*].id)
}

output "monitor" {
  description = "Where metrics are written to and asked for, and Grafana's address; null without Azure Monitor."
  value       = one(module.monitor[*])
}

output "public_address" {
  description = "The load balancer's public address; empty without one."
  value       = join("", module.access[*].address)
}

output "nat_rule" {
  description = "What identifies the head's port: the names of the load balancer, the pool and the rule; null without a load balancer."
  value       = one(module.access[*].nat_rule)
}

output "bastion" {
  description = "The name of the Bastion; empty without one."
  value       = join("", module.bastion[*].name)
}

output "controller_identity_client_id" {
  description = "The client id by which the controller asks for its tokens."
  value       = module.controller_identity.client_id
}
