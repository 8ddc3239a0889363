variable "subscription_id" {
  description = "The cluster's subscription."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$", var.subscription_id))
    error_message = "The subscription must be given by its id."
  }
}

variable "location" {
  description = "The region, such as westeurope."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9]+$", var.location))
    error_message = "The region must be given by its short name, such as westeurope."
  }
}

variable "name_prefix" {
  description = "The beginning of the names of the cluster's resources and machines; one cluster for each prefix in a resource group."
  type        = string
  nullable    = false

  # It begins the machines' computer names, which become parts of host names: 64 characters at most on Linux.
  # https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftcompute
  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,44}[a-z0-9])?$", var.name_prefix))
    error_message = "The prefix must be 1 to 46 lower-case letters, digits and -, begin with a letter, and not end with -."
  }
}

variable "tags" {
  description = "Tags for every resource that can have tags; they include the cluster's own, aiinfra-cluster."
  type        = map(string)
  nullable    = false

  validation {
    condition     = lookup(var.tags, "aiinfra-cluster", "") != ""
    error_message = "The tags must hold aiinfra-cluster, by which this cluster's resources are found again."
  }

  # https://learn.microsoft.com/azure/azure-resource-manager/management/tag-resources#limitations
  validation {
    condition     = length(var.tags) <= 50 && alltrue([for name, value in var.tags : length(name) <= 512 && length(value) <= 256 && !can(regex("[<>%&\\\\?/]", name))])
    error_message = "There are at most 50 tags, with names of up to 512 characters without < > % & \\ ? /, and values of up to 256."
  }
}

variable "resource_group" {
  description = "The resource group; one that isn't made here exists already, and stays."
  type = object({
    name   = string
    create = bool
  })
  nullable = false
}

variable "network" {
  description = "The virtual network: its name (null for one made of the prefix), its range, and the range of the machines' subnet."
  type = object({
    name          = optional(string)
    address_space = optional(string, "10.0.0.0/16")
    subnet        = optional(string, "10.0.0.0/20")
  })
  nullable = false
  default  = {}

  validation {
    condition     = can(cidrhost(var.network.address_space, 0)) && can(cidrhost(var.network.subnet, 0))
    error_message = "Both ranges must be in CIDR notation, such as 10.0.0.0/16."
  }

  # Azure keeps five addresses of a subnet: https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq
  validation {
    condition     = pow(2, 32 - tonumber(split("/", var.network.subnet)[1])) - 5 >= 1 + var.login.count + sum(concat([0], [for each in var.scale_sets : each.nodes]))
    error_message = "The subnet is too small for the controller, the login nodes and all nodes that there can be."
  }

  # InfiniBand's own network: https://learn.microsoft.com/azure/virtual-machines/setup-infiniband
  validation {
    condition     = !startswith(var.network.address_space, "172.16.")
    error_message = "The network may not lie in 172.16.0.0/16, which Azure keeps for InfiniBand."
  }
}

variable "netapp_files" {
  description = "A volume of Azure NetApp Files for homes and shared files: its capacity in TiB, and the range of its subnet in the network; null for none."
  type = object({
    size_tib = number
    subnet   = optional(string, "10.0.18.0/24")
  })
  default = null

  # https://learn.microsoft.com/azure/azure-netapp-files/azure-netapp-files-resource-limits
  validation {
    condition     = var.netapp_files == null || try(var.netapp_files.size_tib >= 1 && var.netapp_files.size_tib <= 100 && floor(var.netapp_files.size_tib) == var.netapp_files.size_tib, false)
    error_message = "A volume has a whole number of TiB, from 1 to 100."
  }
}

variable "mysql" {
  description = "A server of Azure Database for MySQL for accounting: its name, unlike that of any other server of Azure, its size, and its administrator; null for none."
  type = object({
    name          = string
    sku_name      = optional(string, "GP_Standard_D2ads_v5")
    administrator = string
  })
  default = null
}

variable "key_vault" {
  description = "A vault for the cluster's secrets: its name, unlike that of any other vault of Azure; null for none."
  type        = object({ name = string })
  default     = null
}

variable "monitor" {
  description = "Azure Monitor's own Prometheus and Grafana: more tags for the workspace, Grafana's name and the principal id of who administers it, and the groups of rules; null for none."
  type = object({
    tags    = optional(map(string), {})
    grafana = object({ name = string, administrator = string })
    rule_groups = optional(map(list(object({
      alert       = optional(string)
      record      = optional(string)
      expression  = string
      lasting     = optional(string)
      severity    = optional(number)
      labels      = optional(map(string))
      annotations = optional(map(string))
    }))), {})
  })
  default = null
}

variable "access" {
  description = "Access to the head, which is the first login node, else the controller: by a load balancer's public address, by Azure Bastion, or only from within the network; the addresses that may reach its port 22; and its address in the network, null until it exists."
  type = object({
    public        = bool
    allowed_cidrs = optional(list(string), [])
    head          = optional(string)
    bastion       = optional(bool, false)
  })
  nullable = false

  validation {
    condition     = !(var.access.public && var.access.bastion)
    error_message = "The way in is a public address or Bastion, not both."
  }

  validation {
    condition     = !var.access.public || length(var.access.allowed_cidrs) > 0
    error_message = "A public address needs ALLOWED_CIDRS, from where it may be reached."
  }

  validation {
    condition     = alltrue([for each in var.access.allowed_cidrs : can(cidrhost(each, 0))])
    error_message = "Each of ALLOWED_CIDRS must be in CIDR notation, such as 203.0.113.7/32."
  }

  validation {
    condition     = var.access.head == null || can(cidrhost("${var.access.head}/32", 0))
    error_message = "The head's address must be one address."
  }
}

variable "machines" {
  description = "What all machines have in common: who may log in, and the image that they start from. The size of the OS disk is in GB."
  type = object({
    admin       = string
    public_key  = string
    os_disk_gb  = number
    secure_boot = optional(bool, false)
    vtpm        = optional(bool, false)
    image = object({
      reference = optional(object({
        publisher = string
        offer     = string
        sku       = string
        version   = string
      }))
      id = optional(string)
    })
    plan = optional(object({
      publisher = string
      product   = string
      name      = string
    }))
  })
  nullable = false

  validation {
    condition     = var.machines.os_disk_gb >= 30 && var.machines.os_disk_gb <= 4095 && floor(var.machines.os_disk_gb) == var.machines.os_disk_gb
    error_message = "The disk that a machine starts from must have a whole number of GB, from 30 to 4095."
  }

  validation {
    condition     = (var.machines.image.reference == null) != (var.machines.image.id == null)
    error_message = "The image must be given by its reference or by its id."
  }
}

variable "controller" {
  description = "The controller: its size, the size of its data disk in GB, and its zone, null where Azure chooses."
  type = object({
    size                   = string
    data_disk_gb           = number
    zone                   = optional(string)
    accelerated_networking = optional(bool, true)
  })
  nullable = false

  # https://learn.microsoft.com/azure/virtual-machines/disks-types#premium-ssd-size
  validation {
    condition     = var.controller.data_disk_gb >= 4 && var.controller.data_disk_gb <= 32767 && floor(var.controller.data_disk_gb) == var.controller.data_disk_gb
    error_message = "The data disk must have a whole number of GB, from 4 to 32767."
  }
}

variable "login" {
  description = "The login nodes: how many, and their size."
  type = object({
    count                  = number
    size                   = string
    accelerated_networking = optional(bool, true)
  })
  nullable = false

  validation {
    condition     = var.login.count >= 0 && var.login.count <= 100 && floor(var.login.count) == var.login.count
    error_message = "There must be a whole number of login nodes, from 0 to 100."
  }
}

variable "scale_sets" {
  description = "The scale sets of the compute nodes, by name: none has a machine at first, and the controller makes and ends them, `nodes` at most. `pool` is the pool of the nodes, whose custom data they have."
  type = map(object({
    pool                   = string
    nodes                  = number
    sku                    = string
    computer_name_prefix   = string
    single_placement_group = bool
    zones                  = optional(list(string), [])
    priority               = optional(string, "Regular")
    max_price              = optional(number)
    accelerated_networking = optional(bool, true)
  }))
  nullable = false

  # https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-placement-groups
  validation {
    condition     = alltrue([for each in var.scale_sets : each.nodes >= 1 && floor(each.nodes) == each.nodes && each.nodes <= (each.single_placement_group ? 100 : 1000)])
    error_message = "A scale set has a whole number of nodes, from 1 to 1000, and at most 100 in a single placement group."
  }

  validation {
    condition     = alltrue([for each in var.scale_sets : contains(["Regular", "Spot"], each.priority)])
    error_message = "The priority must be Regular or Spot."
  }

  validation {
    condition     = alltrue([for each in var.scale_sets : each.max_price == null || (each.priority == "Spot" && try(each.max_price > 0, false))])
    error_message = "A highest price goes with Spot machines alone, and is more than 0."
  }

  validation {
    condition     = alltrue([for each in var.scale_sets : alltrue([for zone in each.zones : contains(["1", "2", "3"], zone)])])
    error_message = "Zones are 1, 2 and 3."
  }
}

variable "state" {
  description = "The place where the machines read their files and write their records: the storage account's id, the container, and the deployment's folder in it."
  type = object({
    account_id = string
    container  = string
    deployment = string
  })
  nullable = false

  validation {
    condition     = can(regex("^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft.Storage/storageAccounts/[a-z0-9]{3,24}$", var.state.account_id))
    error_message = "The storage account must be given by its resource id."
  }
}

variable "custom_data" {
  description = "The data for cloud-init, as base64: the controller's, the login nodes', and by pool that of the compute nodes."
  type = object({
    controller = string
    login      = string
    pools      = map(string)
  })
  nullable  = false
  sensitive = true # It stays out of plans and messages. The state holds it, and the machines can read it.

  # https://learn.microsoft.com/azure/virtual-machines/custom-data
  validation {
    condition     = alltrue([for each in concat([var.custom_data.controller, var.custom_data.login], values(var.custom_data.pools)) : length(each) <= 87384])
    error_message = "Custom data has at most 64 KiB before it is encoded."
  }
}
