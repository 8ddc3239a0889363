output "email" {
  description = "The account's e-mail, known once it has all its roles: a machine that starts can report."
  value       = local.email

  depends_on = [
    google_storage_bucket_iam_member.files,
    google_storage_bucket_iam_member.nodes,
    google_storage_bucket_iam_member.slurm,
    google_storage_bucket_iam_member.mounts,
  ]
}

output "member" {
  description = "The account as a member of policies."
  value       = local.member
}
