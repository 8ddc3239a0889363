output "name" {
  description = "The role's name, known once the controller has it."
  value       = google_project_iam_custom_role.this.name

  depends_on = [google_project_iam_member.this]
}
