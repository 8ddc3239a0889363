# A vault that keeps the cluster's secrets, and that nobody reads over a network: it is closed to all of them. What goes in
# goes by Resource Manager, whose right to write a secret is none to read it, and which a vault's firewall doesn't hold up.
# https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults/secrets
# No secret is a resource here: none is in Terraform's state, nor in its plans.
resource "azurerm_key_vault" "this" {
  #checkov:skip=CKV_AZURE_42:Destroy is to leave nothing; a vault that can't be purged keeps its name for days.
  #checkov:skip=CKV_AZURE_110:The same.
  #checkov:skip=CKV2_AZURE_32:No machine reads it, so that nothing needs a way to it.
  name                          = var.name
  resource_group_name           = var.resource_group
  location                      = var.location
  tags                          = var.tags
  tenant_id                     = var.tenant_id
  sku_name                      = "standard"
  rbac_authorization_enabled    = true
  public_network_access_enabled = false
  purge_protection_enabled      = false
  soft_delete_retention_days    = 7 # the least that there is

  network_acls {
    bypass         = "None"
    default_action = "Deny"
  }
}
