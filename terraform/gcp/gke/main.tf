locals {
  make_network         = var.network_config != "default_network"
  make_service_account = var.service_account == ""
  service_account      = local.make_service_account ? one(module.service_account[*].email) : var.service_account
}

module "network_default" {
  source = "../../modules/gcp/network_default"
  count  = local.make_network ? 0 : 1

  name_prefix      = var.name_prefix
  region           = var.region
  nat              = var.default_network_nat
  iap              = var.default_network_iap
  subnetwork       = var.default_subnetwork
  service_accounts = [local.service_account]
}

module "network" {
  source = "../../modules/gcp/gke_network"
  count  = local.make_network ? 1 : 0

  name_prefix = var.name_prefix
  region      = var.region
}

module "service_account" {
  source = "../../modules/gcp/gke_service_account"
  count  = local.make_service_account ? 1 : 0

  project_id  = var.project_id
  name_prefix = var.name_prefix
}

module "cluster" {
  source = "../../modules/gcp/gke_cluster"

  project_id         = var.project_id
  name_prefix        = var.name_prefix
  region             = var.region
  zone               = var.zone
  labels             = var.labels
  network            = one(concat(module.network_default[*].network, module.network[*].network))
  subnetwork         = one(concat(module.network_default[*].subnetwork, module.network[*].subnetwork))
  pods_range         = one(module.network[*].pods_range)
  services_range     = one(module.network[*].services_range)
  multi_networking   = var.multi_networking
  dns_endpoint       = var.dns_endpoint
  kubernetes_version = var.kubernetes_version
  release_channel    = var.release_channel
  service_account    = local.service_account
}

# Before the others: GKE keeps its own pods off nodes with GPUs only if other nodes exist before them.
module "system_pool" {
  source = "../../modules/gcp/gke_node_pool"
  count  = var.system_pool ? 1 : 0

  name                = "${var.name_prefix}-system"
  cluster             = module.cluster.name
  cluster_id          = module.cluster.id
  region              = var.region
  zone                = var.zone
  labels              = var.labels
  metadata            = {}
  service_account     = local.service_account
  machine_type        = "e2-standard-4" # The smallest that GKE's own pods fit on with room to spare.
  accelerator_type    = ""
  accelerator_count   = 0
  local_ssds          = 0
  node_count          = 1
  min_nodes           = null
  max_nodes           = null
  disk_size_gb        = 100
  disk_type           = "pd-balanced"
  provisioning_model  = "standard"
  max_run_duration    = null
  reservation         = ""
  compact_placement   = false
  accelerator_network = false
  rdma                = false
}

module "node_pool" {
  source   = "../../modules/gcp/gke_node_pool"
  for_each = var.node_pools

  name                = each.key
  cluster             = module.cluster.name
  cluster_id          = module.cluster.id
  region              = var.region
  zone                = each.value.zone
  labels              = var.labels
  metadata            = var.metadata
  service_account     = local.service_account
  machine_type        = each.value.machine_type
  accelerator_type    = each.value.accelerator_type
  accelerator_count   = each.value.accelerator_count
  local_ssds          = each.value.local_ssds
  node_count          = each.value.node_count
  min_nodes           = each.value.min_nodes
  max_nodes           = each.value.max_nodes
  disk_size_gb        = each.value.disk_size_gb
  disk_type           = each.value.disk_type
  provisioning_model  = each.value.provisioning_model
  max_run_duration    = each.value.max_run_duration
  reservation         = each.value.reservation
  compact_placement   = each.value.compact_placement
  accelerator_network = each.value.accelerator_network
  rdma                = each.value.rdma

  depends_on = [module.system_pool]
}
