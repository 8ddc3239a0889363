locals {
  # The network's last 64 addresses, however large it is.
  bastion_subnet = try(
    cidrsubnet(
      var.network.address_space,
      26 - tonumber(split("/", var.network.address_space)[1]),
      pow(2, 26 - tonumber(split("/", var.network.address_space)[1])) - 1,
    ),
    "",
  )

  logins = [for number in range(1, var.login.count + 1) : "${var.name_prefix}-login-${number}"]
}

module "resource_group" {
  source = "../../modules/azure/resource_group"

  name     = var.resource_group.name
  create   = var.resource_group.create
  location = var.location
  tags     = var.tags
}

module "network" {
  source = "../../modules/azure/network"

  name_prefix    = var.name_prefix
  name           = var.network.name
  resource_group = module.resource_group.name
  location       = var.location
  tags           = var.tags
  address_space  = var.network.address_space
  subnet         = var.network.subnet
  ssh_from       = var.access.allowed_cidrs
  ssh_to         = var.access.head
}

module "netapp_files" {
  source = "../../modules/azure/netapp_files"
  count  = var.netapp_files == null ? 0 : 1

  name_prefix    = var.name_prefix
  resource_group = module.resource_group.name
  location       = var.location
  tags           = var.tags
  network        = module.network.name
  address_space  = var.network.address_space
  subnet         = var.netapp_files.subnet
  size_tib       = var.netapp_files.size_tib
}

module "mysql" {
  source = "../../modules/azure/mysql"
  count  = var.mysql == null ? 0 : 1

  name_prefix    = var.name_prefix
  name           = var.mysql.name
  resource_group = module.resource_group.name
  location       = var.location
  tags           = var.tags
  sku_name       = var.mysql.sku_name
  administrator  = var.mysql.administrator
  network_id     = module.network.id
  subnet_id      = module.network.subnet_id
}

module "key_vault" {
  source = "../../modules/azure/key_vault"
  count  = var.key_vault == null ? 0 : 1

  name           = var.key_vault.name
  resource_group = module.resource_group.name
  location       = var.location
  tags           = var.tags
  tenant_id      = module.controller_identity.tenant_id
}

module "monitor" {
  source = "../../modules/azure/monitor"
  count  = var.monitor == null ? 0 : 1

  name_prefix    = var.name_prefix
  resource_group = module.resource_group.name
  location       = var.location
  tags           = var.tags
  workspace_tags = var.monitor.tags
  writer         = module.controller_identity.principal_id
  grafana        = var.monitor.grafana
  rule_groups    = var.monitor.rule_groups
}

module "access" {
  source = "../../modules/azure/access"
  count  = var.access.public ? 1 : 0

  name_prefix    = var.name_prefix
  resource_group = module.resource_group.name
  location       = var.location
  tags           = var.tags
}

module "bastion" {
  source = "../../modules/azure/bastion"
  count  = var.access.bastion ? 1 : 0

  name_prefix     = var.name_prefix
  resource_group  = module.resource_group.name
  location        = var.location
  tags            = var.tags
  virtual_network = module.network.name
  subnet          = local.bastion_subnet
}

module "identity" {
  source = "../../modules/azure/identity"

  name_prefix    = var.name_prefix
  resource_group = module.resource_group.name
  location       = var.location
  tags           = var.tags
  state          = var.state
  read           = ["files", "nodes", "slurm"]
  write          = ["nodes"]
}

module "controller_identity" {
  source = "../../modules/azure/identity"

  name_prefix    = "${var.name_prefix}-controller"
  resource_group = module.resource_group.name
  location       = var.location
  tags           = var.tags
  state          = var.state
  read           = ["files", "nodes", "slurm"]
  write          = ["nodes", "slurm"]
}

module "scale_set" {
  source   = "../../modules/azure/node_pool"
  for_each = var.scale_sets

  name                   = each.key
  resource_group         = module.resource_group.name
  location               = var.location
  tags                   = var.tags
  sku                    = each.value.sku
  computer_name_prefix   = each.value.computer_name_prefix
  admin                  = var.machines.admin
  public_key             = var.machines.public_key
  custom_data            = var.custom_data.pools[each.value.pool]
  image                  = var.machines.image
  plan                   = var.machines.plan
  os_disk_gb             = var.machines.os_disk_gb
  zones                  = each.value.zones
  single_placement_group = each.value.single_placement_group
  priority               = each.value.priority
  max_price              = each.value.max_price
  accelerated_networking = each.value.accelerated_networking
  secure_boot            = var.machines.secure_boot
  vtpm                   = var.machines.vtpm
  subnet_id              = module.network.subnet_id
  identity_id            = module.identity.id
}

module "power_role" {
  source = "../../modules/azure/power_role"

  name         = "${var.name_prefix} controller (${var.tags["aiinfra-cluster"]})"
  scope        = module.resource_group.id
  principal_id = module.controller_identity.principal_id
  scale_sets   = { for name, each in module.scale_set : name => each.id }
  databases    = { for each in module.mysql : "mysql" => each.id }
  vaults       = { for each in module.key_vault : "vault" => each.id }
}

module "data_disk" {
  source = "../../modules/azure/data_disk"

  name           = "${var.name_prefix}-data"
  resource_group = module.resource_group.name
  location       = var.location
  tags           = var.tags
  size_gb        = var.controller.data_disk_gb
  zone           = var.controller.zone
  machine_id     = module.controller.id
}

module "controller" {
  source = "../../modules/azure/machine"

  name                   = "${var.name_prefix}-controller"
  resource_group         = module.resource_group.name
  location               = var.location
  tags                   = var.tags
  size                   = var.controller.size
  zone                   = var.controller.zone
  admin                  = var.machines.admin
  public_key             = var.machines.public_key
  custom_data            = var.custom_data.controller
  image                  = var.machines.image
  plan                   = var.machines.plan
  os_disk_gb             = var.machines.os_disk_gb
  accelerated_networking = var.controller.accelerated_networking
  secure_boot            = var.machines.secure_boot
  vtpm                   = var.machines.vtpm
  subnet_id              = module.network.subnet_id
  identity_id            = module.controller_identity.id
  pool_ids               = module.access[*].pool_id
}

module "login" {
  source   = "../../modules/azure/machine"
  for_each = toset(local.logins)

  name                   = each.key
  resource_group         = module.resource_group.name
  location               = var.location
  tags                   = var.tags
  size                   = var.login.size
  admin                  = var.machines.admin
  public_key             = var.machines.public_key
  custom_data            = var.custom_data.login
  image                  = var.machines.image
  plan                   = var.machines.plan
  os_disk_gb             = var.machines.os_disk_gb
  accelerated_networking = var.login.accelerated_networking
  secure_boot            = var.machines.secure_boot
  vtpm                   = var.machines.vtpm
  subnet_id              = module.network.subnet_id
  identity_id            = module.identity.id
  pool_ids               = module.access[*].pool_id
}
