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
  description = "The region of the control plane."
  type        = string
  nullable    = false
}

variable "zone" {
  description = "The zone of the system pool's nodes."
  type        = string
  nullable    = false

  validation {
    condition     = startswith(var.zone, "${var.region}-")
    error_message = "The zone must lie in the region."
  }
}

variable "name_prefix" {
  description = "The beginning of the names; one cluster for each prefix in a project."
  type        = string
  nullable    = false

  # The cluster is called "<prefix>-gke", and GKE's names end at 40 characters.
  validation {
    condition     = can(regex("^[a-z]([-a-z0-9]{0,34}[a-z0-9])?$", var.name_prefix))
    error_message = "The prefix must be 1 to 36 lower-case letters, digits and hyphens, begin with a letter, and not end with a hyphen."
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
  description = "The user's instance metadata of the nodes."
  type        = map(string)
  nullable    = false
  default     = {}
  sensitive   = true # It stays out of plans and messages. The state holds it, and the nodes can read it.
}

variable "network_config" {
  description = "default_network: the project's VPC \"default\", left as it is. new_network: the cluster's own VPC. multi_nic_network: the same, and further ones that GKE makes for the network cards of accelerators."
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

variable "multi_networking" {
  description = "Whether nodes may be in further networks. A cluster that has this once keeps it."
  type        = bool
  nullable    = false
  default     = false
}

variable "service_account" {
  description = "E-mail of the nodes' service account, which gets no roles here; empty to make one with the roles that nodes need."
  type        = string
  nullable    = false
  default     = ""
}

variable "kubernetes_version" {
  description = "The control plane's version, at least, such as 1.33.4-gke.1036000; empty for the release channel's default."
  type        = string
  nullable    = false
  default     = ""
}

variable "release_channel" {
  description = "GKE's release channel."
  type        = string
  nullable    = false
  default     = "REGULAR"

  validation {
    condition     = contains(["RAPID", "REGULAR", "STABLE", "EXTENDED", "UNSPECIFIED"], var.release_channel)
    error_message = "The channel must be RAPID, REGULAR, STABLE, EXTENDED or UNSPECIFIED."
  }
}

variable "dns_endpoint" {
  description = "Whether the control plane's name works from outside the VPC, for callers whom IAM allows."
  type        = bool
  nullable    = false
  default     = false
}

variable "system_pool" {
  description = "Whether there is a small pool for GKE's own pods: nodes with GPUs don't accept them, and a pool can shrink to no nodes."
  type        = bool
  nullable    = false
}

variable "node_pools" {
  description = "The pools by name. node_count is null for a scaled pool, which has min_nodes and max_nodes."
  nullable    = false

  type = map(object({
    zone                = string
    machine_type        = string
    accelerator_type    = string
    accelerator_count   = number
    local_ssds          = number
    node_count          = optional(number)
    min_nodes           = optional(number)
    max_nodes           = optional(number)
    disk_size_gb        = number
    disk_type           = string
    provisioning_model  = string
    max_run_duration    = optional(number)
    reservation         = string
    compact_placement   = bool
    accelerator_network = bool
    rdma                = bool
  }))

  validation {
    condition     = alltrue([for name in keys(var.node_pools) : can(regex("^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$", name))])
    error_message = "A pool's name must be 1 to 40 lower-case letters, digits and hyphens, begin with a letter, and not end with a hyphen."
  }

  validation {
    condition     = alltrue([for pool in values(var.node_pools) : (pool.node_count == null) == (pool.max_nodes != null) && (pool.min_nodes == null) == (pool.max_nodes == null)])
    error_message = "A pool has either a number of nodes, or the least and the most."
  }

  validation {
    condition     = alltrue([for pool in values(var.node_pools) : contains(["standard", "spot", "flex-start", "reservation-bound"], pool.provisioning_model)])
    error_message = "A pool's provisioning model must be standard, spot, flex-start or reservation-bound."
  }

  validation {
    condition     = alltrue([for pool in values(var.node_pools) : startswith(pool.zone, "${var.region}-")])
    error_message = "A pool's zone must lie in the region."
  }
}
