output "placement_policy" {
  description = "URL of the placement policy for new machines; null where they have none."
  value       = var.kind == "policy" ? one(google_compute_resource_policy.placement[*].self_link) : null
}

output "workload_policy" {
  description = "URL of the workload policy; null where there is none."
  value       = one(google_compute_resource_policy.workload[*].self_link)
}
