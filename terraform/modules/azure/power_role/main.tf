# What a controller does with its scale sets, and nothing else: it looks at them and at their machines, changes the
# capacity (PATCH, which checks no linked resource), and deletes machines by their ids. On its server of accounting it
# sets the password; into its vault it puts secrets, and reads none back.
# https://learn.microsoft.com/azure/role-based-access-control/permissions/compute#microsoftcompute
resource "azurerm_role_definition" "this" {
  name        = var.name
  scope       = var.scope
  description = "Powers the nodes of a Slurm cluster on and off."

  permissions {
    actions = concat([
      "Microsoft.Compute/virtualMachineScaleSets/read",
      "Microsoft.Compute/virtualMachineScaleSets/write",
      "Microsoft.Compute/virtualMachineScaleSets/delete/action",
      "Microsoft.Compute/virtualMachineScaleSets/instanceView/read",
      "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/read",
      "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/instanceView/read",
      ], length(var.databases) == 0 ? [] : [
      "Microsoft.DBforMySQL/flexibleServers/read",
      "Microsoft.DBforMySQL/flexibleServers/write",
      ], length(var.vaults) == 0 ? [] : [
      "Microsoft.KeyVault/vaults/secrets/write",
    ])
  }

  assignable_scopes = [var.scope]
}

# On the cluster's own scale sets alone: others of the group are none of its business.
resource "azurerm_role_assignment" "this" {
  for_each = var.scale_sets

  scope              = each.value
  role_definition_id = azurerm_role_definition.this.role_definition_resource_id
  principal_id       = var.principal_id
  principal_type     = "ServicePrincipal" # else a new identity is looked for in a directory that may not know it yet
  description        = "The controller powers this scale set's nodes on and off."
}

resource "azurerm_role_assignment" "database" {
  for_each = var.databases

  scope              = each.value
  role_definition_id = azurerm_role_definition.this.role_definition_resource_id
  principal_id       = var.principal_id
  principal_type     = "ServicePrincipal"
  description        = "The controller sets the password of this server."
}

resource "azurerm_role_assignment" "vault" {
  for_each = var.vaults

  scope              = each.value
  role_definition_id = azurerm_role_definition.this.role_definition_resource_id
  principal_id       = var.principal_id
  principal_type     = "ServicePrincipal"
  description        = "The controller puts its secrets into this vault."
}
