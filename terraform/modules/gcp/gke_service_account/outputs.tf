output "email" {
  description = "The account's e-mail, known once it has its role: no node starts that could not report."
  value       = google_service_account.nodes.email

  depends_on = [google_project_iam_member.nodes]
}
