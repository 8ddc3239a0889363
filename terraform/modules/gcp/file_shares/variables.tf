variable "name_prefix" {
  description = "The beginning of the names."
  type        = string
  nullable    = false
}

variable "region" {
  description = "The region for servers of a regional tier."
  type        = string
  nullable    = false
}

variable "zone" {
  description = "The zone for servers of the other tiers."
  type        = string
  nullable    = false
}

variable "labels" {
  description = "Labels for the servers."
  type        = map(string)
  nullable    = false
}

variable "network" {
  description = "The name of the machines' network."
  type        = string
  nullable    = false
}

variable "own_network" {
  description = "Whether the network is the cluster's own, so that a rule for the servers' calls may be made in it."
  type        = bool
  nullable    = false
}

variable "shares" {
  description = "The shares: each one's mount path, its Filestore tier, and its size in GiB."
  type = list(object({
    path    = string
    tier    = string
    size_gb = number
  }))
  nullable = false
}
