locals {
  make_identity = var.identity.id == null
  identity_id   = local.make_identity ? one(module.identity[*].id) : var.identity.id
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

module "access" {
  source = "../../modules/azure/access"
  count  = var.access.public ? 1 : 0

  name_prefix    = var.name_prefix
  resource_group = module.resource_group.name
  location       = var.location
  tags           = var.tags
}

module "identity" {
  source = "../../modules/azure/identity"
  count  = local.make_identity ? 1 : 0

  name_prefix    = var.name_prefix
  resource_group = module.resource_group.name
  location       = var.location
  tags           = var.tags
  state          = var.state
}

module "scale_set" {
  source = "../../modules/azure/scale_set"

  name                   = var.scale_set.name
  uniform                = var.scale_set.mode == "uniform"
  resource_group         = module.resource_group.name
  location               = var.location
  tags                   = var.tags
  sku                    = var.scale_set.sku
  instances              = var.scale_set.instances
  computer_name_prefix   = var.scale_set.computer_name_prefix
  admin                  = var.scale_set.admin
  public_key             = var.scale_set.public_key
  custom_data            = var.custom_data
  image                  = var.scale_set.image
  plan                   = var.scale_set.plan
  os_disk_gb             = var.scale_set.os_disk_gb
  zones                  = var.scale_set.zones
  single_placement_group = var.scale_set.single_placement_group
  priority               = var.scale_set.priority
  max_price              = var.scale_set.max_price
  accelerated_networking = var.scale_set.accelerated_networking
  secure_boot            = var.scale_set.secure_boot
  vtpm                   = var.scale_set.vtpm
  subnet_id              = module.network.subnet_id
  pool_ids               = module.access[*].pool_id
  identity_id            = local.identity_id
}
