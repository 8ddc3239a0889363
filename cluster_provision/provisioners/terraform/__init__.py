"""A cluster made and removed by Terraform."""
