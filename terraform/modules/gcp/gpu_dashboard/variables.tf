variable "name_prefix" {
  description = "The cluster's name in the title."
  type        = string
  nullable    = false
}

variable "labels" {
  description = "Labels for the dashboard, which shows the machines with its value of aiinfra-cluster."
  type        = map(string)
  nullable    = false
}
