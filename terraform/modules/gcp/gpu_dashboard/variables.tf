variable "name_prefix" {
  description = "Names the cluster in the title."
  type        = string
  nullable    = false
}

variable "labels" {
  description = "Labels for the dashboard; machines that carry the value of aiinfra-cluster among them are shown."
  type        = map(string)
  nullable    = false
}
