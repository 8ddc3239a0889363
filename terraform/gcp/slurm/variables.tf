variable "project_id" {
  description = "The cluster's project."
  type        = string
  nullable    = false

  validation {
    condition     = length(var.project_id) > 0
    error_message = "A project is needed."
  }
}

variable "region" {
  description = "The region that holds the zone."
  type        = string
  nullable    = false
}

variable "zone" {
  description = "The zone in which the machines are made."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.zone, "${var.region}-")
    error_message = "The zone must lie in the region."
  }
}

variable "name_prefix" {
  description = "The beginning of every resource's name; one cluster for each prefix in a project."
  type        = string
  nullable    = false

  # The longest names made from it are "<prefix>-dpl-internal" and "<prefix>-controller-data", and names end at 63
  # characters.
  validation {
    condition     = can(regex("^[a-z]([-a-z0-9]{0,44}[a-z0-9])?$", var.name_prefix))
    error_message = "The prefix must be 1 to 46 lower-case letters, digits and hyphens, begin with a letter, and not end with a hyphen."
  }
}

variable "labels" {
  description = "Labels for every resource that can have labels; they include the cluster's own, aiinfra-cluster."
  type        = map(string)
  nullable    = false

  validation {
    condition     = lookup(var.labels, "aiinfra-cluster", "") != ""
    error_message = "The labels must hold aiinfra-cluster, by which this cluster's resources are found again."
  }
}

variable "metadata" {
  description = "The user's instance metadata; the tool's own keys win."
  type        = map(string)
  nullable    = false
  default     = {}
  sensitive   = true # It stays out of plans and messages. The state holds it, and the machines can read it.
}

variable "ssh_keys" {
  description = "Keys by which people log in, a line each as the metadata key ssh-keys has them; empty for none. There is no OS Login: users are kept from the metadata server, which it asks."
  type        = string
  nullable    = false
  default     = ""
}

variable "controller" {
  description = "The controller: its name, type, image, boot disk, and the disk that outlives it, whose size can grow."
  type = object({
    name              = string
    machine_type      = string
    image             = string
    disk_size_gb      = number
    disk_type         = string
    data_disk_size_gb = number
    data_disk_type    = string
  })
  nullable = false
}

variable "logins" {
  description = "The login nodes by their names: each one's type, image and boot disk."
  type = map(object({
    machine_type = string
    image        = string
    disk_size_gb = number
    disk_type    = string
  }))
  nullable = false
  default  = {}
}

variable "pools" {
  description = "The pools of equal nodes by their names: the nodes' type, image and boot disk, how they are ordered and placed, and how many cards they have beside the first. The controller makes the nodes."
  type = map(object({
    machine_type          = string
    accelerator_type      = string
    accelerator_count     = number
    image                 = string
    disk_size_gb          = number
    disk_type             = string
    provisioning_model    = string
    max_run_duration      = number
    reservation           = string
    placement             = string
    keep_placement_policy = bool
    extra_cards           = number
    rdma_cards            = number
  }))
  nullable = false

  validation {
    condition     = length(var.pools) > 0
    error_message = "A cluster has at least one pool of nodes."
  }

  validation {
    condition     = alltrue([for name in keys(var.pools) : can(regex("^[a-z]([-a-z0-9]*[a-z0-9])?$", name)) && !contains(["controller", "login"], name)])
    error_message = "A pool's name has lower-case letters, digits and hyphens, begins with a letter, doesn't end with a hyphen, and is neither controller nor login."
  }

  validation {
    condition     = alltrue([for pool in values(var.pools) : contains(["", "policy", "workload"], pool.placement)])
    error_message = "A pool's placement must be policy, workload, or empty."
  }
}

variable "network_config" {
  description = "default_network: the project's VPC \"default\". new_network: a VPC of the cluster's own. multi_nic_network: several of them, with a card of each machine in each."
  type        = string
  nullable    = false
  default     = "default_network"

  validation {
    condition     = contains(["default_network", "new_network", "multi_nic_network"], var.network_config)
    error_message = "The network must be default_network, new_network or multi_nic_network."
  }
}

variable "default_network_nat" {
  description = "Whether the default network gets this cluster's own NAT."
  type        = bool
  nullable    = false
  default     = false
}

variable "default_network_iap" {
  description = "Whether a new rule in the default network allows the IAP tunnel ssh to this cluster's machines."
  type        = bool
  nullable    = false
  default     = false
}

variable "default_subnetwork" {
  description = "The link of the machines' subnet in the default network; empty where the network chooses it, which it can't in custom mode."
  type        = string
  nullable    = false
  default     = ""
}

variable "network_mtu" {
  description = "The longest packet in bytes, in the networks of the cluster's own; an RDMA network has its own length."
  type        = number
  nullable    = false
  default     = 8896

  validation {
    condition     = var.network_mtu >= 1300 && var.network_mtu <= 8896
    error_message = "A network's MTU must be 1300 to 8896 bytes."
  }
}

variable "extra_networks" {
  description = "With multi_nic_network, how many more gVNIC networks and cards there are beside the first."
  type        = number
  nullable    = false
  default     = 0
}

variable "rdma_nics" {
  description = "With multi_nic_network, how many RDMA cards a machine has, all in one more network."
  type        = number
  nullable    = false
  default     = 0

  validation {
    condition     = (var.rdma_nics == 0) == (var.network_profile == "")
    error_message = "RDMA cards need a network profile, and it needs them."
  }
}

variable "network_profile" {
  description = "Name of the RDMA network's profile, such as us-central1-a-vpc-roce."
  type        = string
  nullable    = false
  default     = ""
}

variable "external_ip" {
  description = "Whether each machine has an external address; without one, a NAT serves."
  type        = bool
  nullable    = false
  default     = true
}

variable "service_account" {
  description = "E-mail of the machines' service account, which gets no roles here; empty to make one for the nodes and one for the controller, with the roles that they need."
  type        = string
  nullable    = false
  default     = ""
}

variable "state_bucket" {
  description = "The bucket that holds the deployment's files and node records."
  type        = string
  nullable    = false
}

variable "deployment" {
  description = "The deployment's folder in the state bucket, without slashes at its ends."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[^/].*[^/]$", var.deployment))
    error_message = "The deployment's folder must neither begin nor end with a slash."
  }
}

variable "mount_buckets" {
  description = "The buckets that the machines mount, and that they may read and write if the module makes their account."
  type        = list(string)
  nullable    = false
  default     = []
}

variable "file_shares" {
  description = "NFS shares to be made: each one's mount path, its Filestore tier, and its size in GiB."
  type = list(object({
    path    = string
    tier    = string
    size_gb = number
  }))
  nullable = false
  default  = []

  validation {
    condition     = length(distinct(var.file_shares[*].path)) == length(var.file_shares)
    error_message = "Each share needs a mount path of its own."
  }

  validation {
    condition = alltrue([
      for tier in var.file_shares[*].tier : contains(["BASIC_HDD", "BASIC_SSD", "ZONAL", "REGIONAL", "ENTERPRISE"], tier)
    ])
    error_message = "A share's tier must be BASIC_HDD, BASIC_SSD, ZONAL, REGIONAL or ENTERPRISE."
  }
}

variable "agent_roles" {
  description = "Whether the machines' account, if the module makes it, may write the project's metrics and logs."
  type        = bool
  nullable    = false
  default     = false
}

variable "dashboard" {
  description = "Whether to make a dashboard of the machines' GPUs."
  type        = bool
  nullable    = false
  default     = false
}

variable "node_config" {
  description = "The instructions for the machines' bootstrap by their parts, controller, login and node, as JSON (docs/node-status.md)."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(setsubtract(["controller", "login", "node"], keys(var.node_config))) == 0
    error_message = "There must be a node configuration for the controller, the login nodes, and the nodes."
  }

  validation {
    condition     = alltrue([for text in values(var.node_config) : can(jsondecode(text).schema)])
    error_message = "A node configuration must be a JSON object with its schema's number."
  }
}
