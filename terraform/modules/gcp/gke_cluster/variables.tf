variable "project_id" {
  description = "The project, whose workload identity pool the cluster uses."
  type        = string
  nullable    = false
}

variable "name_prefix" {
  description = "Begins the cluster's name."
  type        = string
  nullable    = false
}

variable "region" {
  description = "The region of the control plane."
  type        = string
  nullable    = false
}

variable "zone" {
  description = "The zone of pools that name none."
  type        = string
  nullable    = false
}

variable "labels" {
  description = "Labels of the cluster."
  type        = map(string)
  nullable    = false
}

variable "network" {
  description = "The network's path."
  type        = string
  nullable    = false
}

variable "subnetwork" {
  description = "The subnet's path; null for the one that an automatic network has in the region."
  type        = string
}

variable "pods_range" {
  description = "The name of the subnet's range for pods; null to have GKE make one."
  type        = string
}

variable "services_range" {
  description = "The name of the subnet's range for services; null to have GKE make one."
  type        = string
}

variable "multi_networking" {
  description = "Whether pods may be given the nodes' further network cards."
  type        = bool
  nullable    = false
}

variable "dns_endpoint" {
  description = "Whether the control plane's name may be used from outside of the VPC, by whom IAM lets."
  type        = bool
  nullable    = false
}

variable "kubernetes_version" {
  description = "The control plane's version, at least; empty for the release channel's default."
  type        = string
  nullable    = false
}

variable "release_channel" {
  description = "RAPID, REGULAR, STABLE, EXTENDED or UNSPECIFIED."
  type        = string
  nullable    = false
}

variable "service_account" {
  description = "E-mail of the service account of the pool that GKE makes a cluster with."
  type        = string
  nullable    = false
}
