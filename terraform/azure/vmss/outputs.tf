output "resource_group" {
  description = "The resource group's name."
  value       = module.resource_group.name
}

output "scale_set_id" {
  description = "The scale set's id."
  value       = module.scale_set.id
}

output "scale_set_name" {
  description = "The scale set's name."
  value       = module.scale_set.name
}

output "mode" {
  description = "The scale set's mode: uniform or flexible."
  value       = var.scale_set.mode
}

output "public_address" {
  description = "The load balancer's public address; empty without one."
  value       = join("", module.access[*].address)
}

output "nat_rule" {
  description = "What identifies the head's port: the names of the load balancer, the pool and the rule; null without a load balancer."
  value       = one(module.access[*].nat_rule)
}

output "identity_client_id" {
  description = "The client id by which machines ask for the tokens of the identity made for them; empty if they have another."
  value       = join("", module.identity[*].client_id)
}
