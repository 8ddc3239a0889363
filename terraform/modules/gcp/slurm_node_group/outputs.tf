output "name" {
  description = "The group's name."
  value       = google_compute_instance_group_manager.this.name
}
