variable "project_id" {
  description = "The project, whose workload identity pool the cluster uses."
  type        = string
  nullable    = false
}

variable "name_prefix" {
  description = "The beginning of the cluster's name."
  type        = string
  nullable    = false
}

variable "region" {
  description = "The region of the control plane."
  type        = string
  nullable    = false
}

variable "zone" {
  description = "The zone of pools without a zone of their own."
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
  description = "The subnet's path; null for an automatic network's own in the region."
  type        = string
}

variable "pods_range" {
  description = "The name of the subnet's range for pods; null to let GKE make one."
  type        = string
}

variable "services_range" {
  description = "The name of the subnet's range for services; null to let GKE make one."
  type        = string
}

variable "multi_networking" {
  description = "Whether pods may use the nodes' further network cards."
  type        = bool
  nullable    = false
}

variable "dns_endpoint" {
  description = "Whether the control plane's name works from outside the VPC, for callers whom IAM allows."
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
  description = "E-mail of the service account of the first pool, which GKE makes with the cluster."
  type        = string
  nullable    = false
}
