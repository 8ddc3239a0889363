locals {
  make_network         = var.network_config != "default_network"
  several_networks     = var.network_config == "multi_nic_network"
  make_service_account = var.service_account == ""
  nodes_account        = local.make_service_account ? one(module.nodes_account[*].email) : var.service_account
  controller_account   = local.make_service_account ? one(module.controller_account[*].email) : var.service_account

  network_name = one(concat(module.network_default[*].name, module.network_new[*].name))

  # The first card is in the first network, then come the others, and those for RDMA last.
  first_interface = {
    network    = one(concat(module.network_default[*].network, module.network_new[*].network))
    subnetwork = one(concat(module.network_default[*].subnetwork, module.network_new[*].subnetwork))
    nic_type   = local.several_networks ? "GVNIC" : null
  }
  gvnic_subnetworks = flatten(module.network_extra[*].subnetworks)
  rdma_subnetworks  = flatten(module.network_rdma[*].subnetworks)

  agent_roles = var.agent_roles ? ["roles/logging.logWriter", "roles/monitoring.metricWriter"] : []

  # The file servers' addresses are known only here.
  # A share of homes is Slurm's own, as the cluster's description says.
  file_shares = [for share in module.file_shares.shares : share if share.path != "/home"]
  node_config = {
    for part, text in var.node_config : part => jsonencode(merge(jsondecode(text), { file_shares = local.file_shares }))
  }

  # What machines of no template have, as the template's module gives it to the nodes.
  metadata = merge(
    var.metadata,
    {
      VmDnsSetting           = "ZonalPreferred"
      enable-oslogin         = "FALSE"
      block-project-ssh-keys = "TRUE"
      startup-script         = module.startup_script.script
    },
    var.ssh_keys == "" ? {} : { ssh-keys = var.ssh_keys },
  )
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
  service_accounts = distinct([local.nodes_account, local.controller_account])
}

module "network_new" {
  source = "../../modules/gcp/network_new"
  count  = local.make_network ? 1 : 0

  name_prefix     = var.name_prefix
  region          = var.region
  mtu             = var.network_mtu
  enable_notebook = false
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
  source   = "../../modules/gcp/placement"
  for_each = var.pools

  name_prefix = "${var.name_prefix}-${each.key}"
  cluster     = var.name_prefix
  region      = var.region
  kind        = each.value.placement
  keep_policy = each.value.keep_placement_policy
}

module "nodes_account" {
  source = "../../modules/gcp/service_account"
  count  = local.make_service_account ? 1 : 0

  name_prefix   = var.name_prefix
  state_bucket  = var.state_bucket
  deployment    = var.deployment
  mount_buckets = var.mount_buckets
  agent_roles   = local.agent_roles
  slurm         = "reads"
}

# The controller alone makes nodes and writes the key: nobody else runs on it with its identity.
module "controller_account" {
  source = "../../modules/gcp/service_account"
  count  = local.make_service_account ? 1 : 0

  name_prefix   = var.name_prefix
  ending        = "controller"
  state_bucket  = var.state_bucket
  deployment    = var.deployment
  mount_buckets = var.mount_buckets
  agent_roles   = local.agent_roles
  slurm         = "writes"
}

module "controller_role" {
  source = "../../modules/gcp/slurm_controller_role"
  count  = local.make_service_account ? 1 : 0

  project_id  = var.project_id
  name_prefix = var.name_prefix
  member      = one(module.controller_account[*].member)
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
  source   = "../../modules/gcp/instance_template"
  for_each = var.pools

  name_prefix       = "${var.name_prefix}-${each.key}"
  cluster           = var.name_prefix
  labels            = var.labels
  machine_type      = each.value.machine_type
  accelerator_type  = each.value.accelerator_type
  accelerator_count = each.value.accelerator_count
  image             = each.value.image
  disk_size_gb      = each.value.disk_size_gb
  disk_type         = each.value.disk_type
  network_interfaces = concat(
    [local.first_interface],
    [for subnetwork in slice(local.gvnic_subnetworks, 0, each.value.extra_cards) : { subnetwork = subnetwork, nic_type = "GVNIC" }],
    [for subnetwork in slice(local.rdma_subnetworks, 0, each.value.rdma_cards) : { subnetwork = subnetwork, nic_type = "MRDMA" }],
  )
  external_ip        = var.external_ip
  provisioning_model = each.value.provisioning_model
  max_run_duration   = each.value.max_run_duration
  reservation        = each.value.reservation
  placement_policy   = module.placement[each.key].placement_policy
  service_account    = local.nodes_account
  metadata           = var.metadata
  ssh_keys           = var.ssh_keys
  enable_notebook    = false
  startup_script     = module.startup_script.script
  node_config        = local.node_config[each.key]
  startup_command    = ""
}

module "node_group" {
  source   = "../../modules/gcp/slurm_node_group"
  for_each = var.pools

  name_prefix       = "${var.name_prefix}-${each.key}"
  cluster           = var.name_prefix
  zone              = var.zone
  workload_policy   = module.placement[each.key].workload_policy
  instance_template = module.instance_template[each.key].self_link
}

module "slurm_disk" {
  source = "../../modules/gcp/slurm_disk"

  name_prefix = var.name_prefix
  zone        = var.zone
  labels      = var.labels
  type        = var.controller.data_disk_type
  size_gb     = var.controller.data_disk_size_gb
}

module "controller" {
  source = "../../modules/gcp/machine"

  name              = var.controller.name
  description       = "The controller of Slurm cluster ${var.name_prefix}."
  zone              = var.zone
  labels            = var.labels
  machine_type      = var.controller.machine_type
  image             = var.controller.image
  disk_size_gb      = var.controller.disk_size_gb
  disk_type         = var.controller.disk_type
  data_disk         = module.slurm_disk.self_link
  network_interface = local.first_interface
  external_ip       = var.external_ip
  service_account   = local.controller_account
  metadata          = merge(local.metadata, { cluster-config = local.node_config["controller"] })

  # It makes nodes as soon as it runs, and ends none of them when it goes.
  depends_on = [module.controller_role, module.node_group]
}

module "login" {
  source   = "../../modules/gcp/machine"
  for_each = var.logins

  name              = each.key
  description       = "A login node of Slurm cluster ${var.name_prefix}."
  zone              = var.zone
  labels            = var.labels
  machine_type      = each.value.machine_type
  image             = each.value.image
  disk_size_gb      = each.value.disk_size_gb
  disk_type         = each.value.disk_type
  network_interface = local.first_interface
  external_ip       = var.external_ip
  service_account   = local.nodes_account
  metadata          = merge(local.metadata, { cluster-config = local.node_config["login"] })
}
