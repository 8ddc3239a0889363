output "email" {
  description = "The account's e-mail, known once it has been granted everything: no machine starts that could not report."
  value       = google_service_account.nodes.email

  depends_on = [
    google_storage_bucket_iam_member.files,
    google_storage_bucket_iam_member.nodes,
    google_storage_bucket_iam_member.mounts,
  ]
}
