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

  # The longest names made from it are "<prefix>-dpl-internal" and "<prefix>-dpl-subnet-8", and names end at 63
  # characters.
  validation {
    condition     = can(regex("^[a-z]([-a-z0-9]{0,48}[a-z0-9])?$", var.name_prefix))
    error_message = "The prefix must be 1 to 50 lower-case letters, digits and hyphens, begin with a letter, and not end with a hyphen."
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

variable "enable_notebook" {
  description = "Whether the machines' Jupyter should be reachable: this asks the image for a proxy, and opens the tunnel's port in a new network."
  type        = bool
  nullable    = false
  default     = true
}

variable "machine_type" {
  description = "The machines' type, such as a2-highgpu-2g."
  type        = string
  nullable    = false
}

variable "accelerator_type" {
  description = "The GPU to attach if the machine type includes none, such as nvidia-tesla-t4."
  type        = string
  nullable    = false
}

variable "accelerator_count" {
  description = "How many GPUs a machine has."
  type        = number
  nullable    = false

  validation {
    condition     = var.accelerator_count >= 0 && floor(var.accelerator_count) == var.accelerator_count
    error_message = "The number of GPUs must be a whole number of at least 0."
  }
}

variable "image" {
  description = "The boot image: a URL, projects/P/global/images/NAME, or projects/P/global/images/family/F."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("(^|/)projects/[^/]+/global/images/(family/)?[^/]+$", var.image))
    error_message = "The image must be a URL, projects/P/global/images/NAME or projects/P/global/images/family/F."
  }
}

variable "disk_size_gb" {
  description = "The boot disk's size in GB."
  type        = number
  nullable    = false

  validation {
    condition     = var.disk_size_gb >= 10 && floor(var.disk_size_gb) == var.disk_size_gb
    error_message = "The boot disk must have a whole number of GB, at least 10."
  }
}

variable "disk_type" {
  description = "The boot disk's type, such as pd-ssd or hyperdisk-balanced."
  type        = string
  nullable    = false
}

variable "instance_count" {
  description = "How many machines the cluster has, a head included."
  type        = number
  nullable    = false

  validation {
    condition     = var.instance_count >= 0 && floor(var.instance_count) == var.instance_count
    error_message = "The number of machines must be a whole number of at least 0."
  }

  validation {
    condition     = !var.ray || var.instance_count >= 1
    error_message = "A Ray cluster has at least one machine, its head."
  }
}

variable "ray" {
  description = "Whether the machines make a Ray cluster: one of them, the head, is then in a group of its own."
  type        = bool
  nullable    = false
  default     = false
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

variable "provisioning_model" {
  description = "How the machines are ordered: standard, spot, flex-start or reservation-bound."
  type        = string
  nullable    = false
  default     = "standard"

  validation {
    condition     = contains(["standard", "spot", "flex-start", "reservation-bound"], var.provisioning_model)
    error_message = "The provisioning model must be standard, spot, flex-start or reservation-bound."
  }
}

variable "max_run_duration" {
  description = "The seconds after which a machine ends; 0 for never."
  type        = number
  nullable    = false
  default     = 0

  validation {
    condition     = var.max_run_duration == 0 || (var.max_run_duration >= 600 && var.max_run_duration <= 604800)
    error_message = "Machines may run 600 to 604800 seconds, or 0 for no limit."
  }

  validation {
    condition     = var.max_run_duration > 0 || var.provisioning_model != "flex-start"
    error_message = "Flex-start machines need a run duration."
  }
}

variable "reservation" {
  description = "The reservation that the machines use, by its name or as projects/P/reservations/NAME; empty for none."
  type        = string
  nullable    = false
  default     = ""

  validation {
    condition     = var.reservation == "" || contains(["standard", "reservation-bound"], var.provisioning_model)
    error_message = "Spot and flex-start machines take nothing from a reservation."
  }

  validation {
    condition     = var.reservation != "" || var.provisioning_model != "reservation-bound"
    error_message = "Reservation-bound machines need a reservation."
  }
}

variable "keep_placement_policy" {
  description = "Whether an earlier run's placement policy stays although the settings no longer ask for it."
  type        = bool
  nullable    = false
  default     = false
}

variable "placement" {
  description = "What keeps the machines near each other: policy, a placement policy; workload, their group's workload policy; empty for nothing."
  type        = string
  nullable    = false
  default     = ""

  validation {
    condition     = contains(["", "policy", "workload"], var.placement)
    error_message = "The placement must be policy, workload, or empty."
  }
}

variable "external_ip" {
  description = "Whether each machine has an external address; without one, a NAT serves."
  type        = bool
  nullable    = false
  default     = true
}

variable "service_account" {
  description = "E-mail of the machines' service account, which gets no roles here; empty to make one with the roles that nodes need."
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
  description = "The instructions for the machines' bootstrap, as JSON (docs/node-status.md)."
  type        = string
  nullable    = false

  validation {
    condition     = can(jsondecode(var.node_config).schema)
    error_message = "The node configuration must be a JSON object with its schema's number."
  }
}

variable "startup_command" {
  description = "The user's command, which the machines run last; empty for none."
  type        = string
  nullable    = false
  default     = ""
  sensitive   = true # As for the metadata.
}
