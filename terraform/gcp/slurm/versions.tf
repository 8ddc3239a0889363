terraform {
  required_version = ">= 1.11"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "= 7.45.0"
    }
  }
}

provider "google" {
  project = var.project_id
  region  = var.region
  zone    = var.zone

  # Resources have the user's labels and the cluster's own, no others.
  add_terraform_attribution_label = false

  # Two grants on the project need no batch, which would wait for ten seconds.
  batching {
    enable_batching = false
  }
}
