variable "name_prefix" {
  description = "Begins the names."
  type        = string
  nullable    = false
}

variable "region" {
  description = "Where servers of a regional tier are made."
  type        = string
  nullable    = false
}

variable "zone" {
  description = "Where servers of the other tiers are made."
  type        = string
  nullable    = false
}

variable "labels" {
  description = "Labels for the servers."
  type        = map(string)
  nullable    = false
}

variable "network" {
  description = "The name of the network that the machines are in."
  type        = string
  nullable    = false
}

variable "own_network" {
  description = "Whether the network is the cluster's own, in which a rule for the servers' calls may be made."
  type        = bool
  nullable    = false
}

variable "shares" {
  description = "The shares: the path that each is mounted on, its Filestore tier, and its size in GiB."
  type = list(object({
    path    = string
    tier    = string
    size_gb = number
  }))
  nullable = false
}
