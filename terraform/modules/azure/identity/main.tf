locals {
  blobs     = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
  container = "${var.state.account_id}/blobServices/default/containers/${var.state.container}"

  # A machine may do this with a blob in these folders, and nothing else with any blob. A condition doesn't reach the
  # role's actions on the container itself.
  # A list is a read without a blob's path: no folder has it, so machines can't list.
  # https://learn.microsoft.com/azure/storage/blobs/storage-auth-abac-attributes
  rules = [
    { actions = ["read"], folders = var.read },
    { actions = ["write", "add/action", "delete", "move/action"], folders = var.write },
  ]

  # https://learn.microsoft.com/azure/role-based-access-control/conditions-format
  conditions = [
    for rule in local.rules : format("((%s) OR (%s))",
      join(" AND ", [for action in rule.actions : "!(ActionMatches{'${local.blobs}/${action}'})"]),
      join(" OR ", [for folder in rule.folders : "@Resource[${local.blobs}:path] StringStartsWith '${var.state.deployment}/${folder}/'"]),
    )
  ]
}

resource "azurerm_user_assigned_identity" "this" {
  name                = "${var.name_prefix}-id"
  resource_group_name = var.resource_group
  location            = var.location
  tags                = var.tags
}

# Writing a record again replaces a blob; this is the least of Azure's own roles that may.
resource "azurerm_role_assignment" "records" {
  scope                = local.container
  role_definition_name = "Storage Blob Data Contributor"
  principal_id         = azurerm_user_assigned_identity.this.principal_id
  principal_type       = "ServicePrincipal" # else a new identity is looked for in a directory that may not know it yet
  description          = "The nodes of ${var.name_prefix} read their files and write their records."
  condition_version    = "2.0"
  condition            = join(" AND ", local.conditions)
}
