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
  description = "The beginning of the names of the cluster's resources; one cluster for each prefix in a resource group."
  type        = string
  nullable    = false

  # A load balancer's name has at most 80 characters, an identity's 128.
  # https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
  validation {
    condition     = can(regex("^[A-Za-z0-9]([A-Za-z0-9._-]{0,60}[A-Za-z0-9_])?$", var.name_prefix))
    error_message = "The prefix must be 1 to 62 letters, digits and . _ -, begin with a letter or digit, and not end with . or -."
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
    condition     = pow(2, 32 - tonumber(split("/", var.network.subnet)[1])) - 5 >= var.scale_set.instances
    error_message = "The subnet is too small for the machines."
  }

  # InfiniBand's own network: https://learn.microsoft.com/azure/virtual-machines/setup-infiniband
  validation {
    condition     = !startswith(var.network.address_space, "172.16.")
    error_message = "The network may not lie in 172.16.0.0/16, which Azure keeps for InfiniBand."
  }
}

variable "access" {
  description = "Access to the head: by a load balancer's public address, or only from within the network; the addresses that may reach its port 22; and its address in the network, null until it exists."
  type = object({
    public        = bool
    allowed_cidrs = optional(list(string), [])
    head          = optional(string)
  })
  nullable = false

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

variable "scale_set" {
  description = "The scale set and its machines, as the module scale_set says."
  type = object({
    name                   = string
    mode                   = string
    single_placement_group = bool
    sku                    = string
    instances              = number
    computer_name_prefix   = string
    admin                  = string
    public_key             = string
    zones                  = optional(list(string), [])
    priority               = optional(string, "Regular")
    max_price              = optional(number)
    os_disk_gb             = number
    secure_boot            = optional(bool, false)
    vtpm                   = optional(bool, false)
    accelerated_networking = optional(bool, true)
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
    condition     = contains(["uniform", "flexible"], var.scale_set.mode)
    error_message = "The mode must be uniform or flexible."
  }

  # https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-placement-groups
  validation {
    condition     = var.scale_set.instances >= 1 && floor(var.scale_set.instances) == var.scale_set.instances && var.scale_set.instances <= (var.scale_set.single_placement_group ? 100 : 1000)
    error_message = "There must be a whole number of machines, from 1 to 1000, and at most 100 in a single placement group."
  }

  validation {
    condition     = contains(["Regular", "Spot"], var.scale_set.priority)
    error_message = "The priority must be Regular or Spot."
  }

  validation {
    condition     = var.scale_set.max_price == null || (var.scale_set.priority == "Spot" && try(var.scale_set.max_price > 0, false))
    error_message = "A highest price goes with Spot machines alone, and is more than 0."
  }

  validation {
    condition     = var.scale_set.os_disk_gb >= 30 && var.scale_set.os_disk_gb <= 4095 && floor(var.scale_set.os_disk_gb) == var.scale_set.os_disk_gb
    error_message = "The disk that a machine starts from must have a whole number of GB, from 30 to 4095."
  }

  # azurerm_orchestrated_virtual_machine_scale_set of azurerm 5.2.0 has no arguments for it.
  validation {
    condition     = var.scale_set.mode == "uniform" || !(var.scale_set.secure_boot || var.scale_set.vtpm)
    error_message = "Trusted launch is for uniform scale sets alone: the azurerm provider can't ask for it in flexible ones."
  }

  validation {
    condition     = (var.scale_set.image.reference == null) != (var.scale_set.image.id == null)
    error_message = "The image must be given by its reference or by its id."
  }

  validation {
    condition     = alltrue([for zone in var.scale_set.zones : contains(["1", "2", "3"], zone)])
    error_message = "Zones are 1, 2 and 3."
  }
}

variable "identity" {
  description = "The identity of the machines: the id of an existing one that may write the records, or null to make one."
  type = object({
    id = optional(string)
  })
  nullable = false
  default  = {}
}

variable "state" {
  description = "The place where the machines read their files and write their records: the storage account's id, the container, and the deployment's folder in it."
  type = object({
    account_id = optional(string)
    container  = string
    deployment = string
  })
  nullable = false

  # The machines' own identity gets its role on the account; an existing identity has its role already.
  validation {
    condition     = (var.identity.id != null && var.state.account_id == null) || can(regex("^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft.Storage/storageAccounts/[a-z0-9]{3,24}$", var.state.account_id))
    error_message = "The storage account must be given by its resource id."
  }
}

variable "custom_data" {
  description = "The data for cloud-init on each machine, as base64."
  type        = string
  nullable    = false
  sensitive   = true # It stays out of plans and messages. The state holds it, and the machines can read it.

  # https://learn.microsoft.com/azure/virtual-machines/custom-data
  validation {
    condition     = length(var.custom_data) <= 87384
    error_message = "Custom data has at most 64 KiB before it is encoded."
  }
}
