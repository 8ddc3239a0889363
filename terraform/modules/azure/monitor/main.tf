locals {
  # Azure makes an endpoint and a rule with a workspace, in a resource group of its own: MA_<name>_<region>_managed.
  # Their ids are /subscriptions/<id>/resourceGroups/<group>/providers/Microsoft.Insights/<type>/<name>.
  endpoint = split("/", azurerm_monitor_workspace.this.default_data_collection_endpoint_id)
  rule     = split("/", azurerm_monitor_workspace.this.default_data_collection_rule_id)
}

resource "azurerm_monitor_workspace" "this" {
  name                = "${var.name_prefix}-monitor"
  resource_group_name = var.resource_group
  location            = var.location
  tags                = merge(var.workspace_tags, var.tags)
}

data "azurerm_monitor_data_collection_endpoint" "this" {
  name                = local.endpoint[8]
  resource_group_name = local.endpoint[4]
}

data "azurerm_monitor_data_collection_rule" "this" {
  name                = local.rule[8]
  resource_group_name = local.rule[4]
}

# On the rule, not on the workspace: there a write is refused with 403.
# https://learn.microsoft.com/azure/azure-monitor/metrics/prometheus-remote-write-virtual-machines
resource "azurerm_role_assignment" "writer" {
  scope                = azurerm_monitor_workspace.this.default_data_collection_rule_id
  role_definition_name = "Monitoring Metrics Publisher"
  principal_id         = var.writer
  principal_type       = "ServicePrincipal" # else a new identity is looked for in a directory that may not know it yet
  description          = "The controller of ${var.name_prefix} writes the cluster's metrics."
}

resource "azurerm_dashboard_grafana" "this" {
  name                  = var.grafana.name
  resource_group_name   = var.resource_group
  location              = var.location
  tags                  = var.tags
  grafana_major_version = "12"

  identity {
    type = "SystemAssigned"
  }

  azure_monitor_workspace_integrations {
    resource_id = azurerm_monitor_workspace.this.id
  }
}

resource "azurerm_role_assignment" "reader" {
  scope                = azurerm_monitor_workspace.this.id
  role_definition_name = "Monitoring Data Reader"
  principal_id         = azurerm_dashboard_grafana.this.identity[0].principal_id
  principal_type       = "ServicePrincipal"
  description          = "The Grafana of ${var.name_prefix} reads the cluster's metrics."
}

resource "azurerm_role_assignment" "administrator" {
  scope                = azurerm_dashboard_grafana.this.id
  role_definition_name = "Grafana Admin"
  principal_id         = var.grafana.administrator
  description          = "Who made ${var.name_prefix} looks after its Grafana."

  # Another's Create takes nobody's role away.
  lifecycle {
    ignore_changes = [principal_id]
  }
}
