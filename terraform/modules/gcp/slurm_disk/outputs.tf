output "self_link" {
  description = "The disk's URL."
  value       = google_compute_disk.this.self_link
}
