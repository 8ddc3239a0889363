output "role_id" {
  description = "The role's id."
  value       = azurerm_role_definition.this.role_definition_resource_id
}
