variable "name_prefix" {
  description = "The beginning of the account's name."
  type        = string
  nullable    = false
}

variable "state_bucket" {
  description = "The bucket that holds the deployment's files and node records."
  type        = string
  nullable    = false
}

variable "deployment" {
  description = "The deployment's folder in that bucket, without slashes at its ends."
  type        = string
  nullable    = false
}

variable "mount_buckets" {
  description = "The buckets that the machines mount and may read and write."
  type        = list(string)
  nullable    = false
}

variable "agent_roles" {
  description = "Roles on the project for the agents on the machines; empty where the caller may not grant them."
  type        = list(string)
  nullable    = false
}

variable "ending" {
  description = "What the account's name ends with: whose it is."
  type        = string
  nullable    = false
  default     = "nodes"
}

variable "slurm" {
  description = "Whether the account reads or writes the folder that only the machines of a Slurm cluster read: reads, writes, or empty for neither."
  type        = string
  nullable    = false
  default     = ""

  validation {
    condition     = contains(["", "reads", "writes"], var.slurm)
    error_message = "The account reads or writes the folder, or neither."
  }
}
