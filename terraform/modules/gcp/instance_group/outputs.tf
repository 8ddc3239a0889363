output "name" {
  description = "The group's name."
  value       = google_compute_instance_group_manager.this.name
}

output "self_link" {
  description = "The group's URL."
  value       = google_compute_instance_group_manager.this.self_link
}
