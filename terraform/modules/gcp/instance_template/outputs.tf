output "self_link" {
  description = "The template's URL."
  value       = google_compute_instance_template.this.self_link
}
