locals {
  make_network         = var.network_config != "default_network"
  several_networks     = var.network_config == "multi_nic_network"
  make_service_account = var.service_account == ""
  service_account      = local.make_service_account ? one(module.service_account[*].email) : var.service_account

  network_name = one(concat(module.network_default[*].name, module.network_new[*].name))

  # The first card is in the first network, then come the others, and those for RDMA last.
  first_interface = {
    network    = one(concat(module.network_default[*].network, module.network_new[*].network))
    subnetwork = one(concat(module.network_default[*].subnetwork, module.network_new[*].subnetwork))
    nic_type   = local.several_networks ? "GVNIC" : null
  }
  more_interfaces = concat(
    [for subnetwork in flatten(module.network_extra[*].subnetworks) : { subnetwork = subnetwork, nic_type = "GVNIC" }],
    [for subnetwork in flatten(module.network_rdma[*].subnetworks) : { subnetwork = subnetwork, nic_type = "MRDMA" }],
  )

  # A group must not replace machines that Google ends as the settings ask.
  # https://docs.cloud.google.com/compute/docs/instance-groups/about-bulk-mode
  repairs = var.max_run_duration == 0

  # The file servers' addresses are known only here.
  node_config = jsonencode(merge(jsondecode(var.node_config), { file_shares = module.file_shares.shares }))
}

module "startup_script" {
  source = "../../modules/gcp/startup_script"

  folder = "${path.module}/../../../node"
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

module "network_new" {
  source = "../../modules/gcp/network_new"
  count  = local.make_network ? 1 : 0

  name_prefix     = var.name_prefix
  region          = var.region
  mtu             = var.network_mtu
  enable_notebook = var.enable_notebook
}

module "network_extra" {
  source = "../../modules/gcp/network_extra"
  count  = local.several_networks ? 1 : 0

  name_prefix = var.name_prefix
  region      = var.region
  networks    = var.extra_networks
  mtu         = var.network_mtu
}

module "network_rdma" {
  source = "../../modules/gcp/network_rdma"
  count  = local.several_networks && var.rdma_nics > 0 ? 1 : 0

  name_prefix     = var.name_prefix
  project_id      = var.project_id
  region          = var.region
  network_profile = var.network_profile
  nics            = var.rdma_nics
}

module "placement" {
  source = "../../modules/gcp/placement"

  name_prefix = var.name_prefix
  region      = var.region
  kind        = var.placement
  keep_policy = var.keep_placement_policy
}

module "service_account" {
  source = "../../modules/gcp/service_account"
  count  = local.make_service_account ? 1 : 0

  name_prefix   = var.name_prefix
  state_bucket  = var.state_bucket
  deployment    = var.deployment
  mount_buckets = var.mount_buckets
  agent_roles   = var.agent_roles ? ["roles/logging.logWriter", "roles/monitoring.metricWriter"] : []
}

module "file_shares" {
  source = "../../modules/gcp/file_shares"

  name_prefix = var.name_prefix
  region      = var.region
  zone        = var.zone
  labels      = var.labels
  network     = local.network_name
  own_network = local.make_network
  shares      = var.file_shares
}

module "gpu_dashboard" {
  source = "../../modules/gcp/gpu_dashboard"
  count  = var.dashboard ? 1 : 0

  name_prefix = var.name_prefix
  labels      = var.labels
}

module "instance_template" {
  source = "../../modules/gcp/instance_template"

  name_prefix        = var.name_prefix
  labels             = var.labels
  machine_type       = var.machine_type
  accelerator_type   = var.accelerator_type
  accelerator_count  = var.accelerator_count
  image              = var.image
  disk_size_gb       = var.disk_size_gb
  disk_type          = var.disk_type
  network_interfaces = concat([local.first_interface], local.more_interfaces)
  external_ip        = var.external_ip
  provisioning_model = var.provisioning_model
  max_run_duration   = var.max_run_duration
  reservation        = var.reservation
  placement_policy   = module.placement.placement_policy
  service_account    = local.service_account
  metadata           = var.metadata
  enable_notebook    = var.enable_notebook
  startup_script     = module.startup_script.script
  node_config        = local.node_config
  startup_command    = var.startup_command
}

module "instance_group" {
  source = "../../modules/gcp/instance_group"

  name_prefix       = var.name_prefix
  zone              = var.zone
  instance_count    = var.ray ? var.instance_count - 1 : var.instance_count
  repairs           = local.repairs
  workload_policy   = module.placement.workload_policy
  instance_template = module.instance_template.self_link
}

# The head of a Ray cluster is a group of its own, with the same template: a group that shrinks chooses itself
# which machines it deletes, and replaces a lost one under the same name.
module "head_group" {
  source = "../../modules/gcp/instance_group"
  count  = var.ray ? 1 : 0

  head              = true
  name_prefix       = var.name_prefix
  zone              = var.zone
  instance_count    = 1
  repairs           = local.repairs
  workload_policy   = module.placement.workload_policy
  instance_template = module.instance_template.self_link
}
