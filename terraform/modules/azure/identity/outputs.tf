output "id" {
  description = "The identity's id, known once it has its role: a machine that starts can report."
  value       = azurerm_user_assigned_identity.this.id

  depends_on = [azurerm_role_assignment.records]
}

output "client_id" {
  description = "The client id by which machines ask for the identity's tokens."
  value       = azurerm_user_assigned_identity.this.client_id
}

output "principal_id" {
  description = "The principal that roles are given to."
  value       = azurerm_user_assigned_identity.this.principal_id
}

output "tenant_id" {
  description = "The directory that the identity is of."
  value       = azurerm_user_assigned_identity.this.tenant_id
}
