output "email" {
  description = "The account's e-mail, known once it has its role: a node that starts can report."
  value       = local.email

  depends_on = [google_project_iam_member.nodes]
}
