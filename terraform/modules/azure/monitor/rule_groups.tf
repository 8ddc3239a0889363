# In a file of its own: checkov can't read one with an attribute that is called for.
# A group has 20 rules at most: https://learn.microsoft.com/azure/azure-monitor/metrics/prometheus-rule-groups
resource "azurerm_monitor_alert_prometheus_rule_group" "this" {
  for_each = var.rule_groups

  name                = "${var.name_prefix}-${each.key}"
  resource_group_name = var.resource_group
  location            = var.location
  tags                = var.tags
  scopes              = [azurerm_monitor_workspace.this.id]
  interval            = "PT1M"
  rule_group_enabled  = true

  dynamic "rule" {
    for_each = each.value
    content {
      alert       = rule.value.alert
      record      = rule.value.record
      expression  = rule.value.expression
      for         = rule.value.lasting
      severity    = rule.value.severity
      labels      = rule.value.labels
      annotations = rule.value.annotations
      enabled     = true
    }
  }
}
