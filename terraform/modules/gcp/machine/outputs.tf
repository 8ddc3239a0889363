output "name" {
  description = "The machine's name."
  value       = google_compute_instance.this.name
}
