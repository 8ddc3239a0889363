output "shares" {
  description = "What the machines mount, outer paths first; known once the servers can be reached."
  value = [
    for path in sort(keys(local.shares)) : {
      address = google_filestore_instance.this[path].networks[0].ip_addresses[0]
      share   = local.share_name
      path    = path
    }
  ]

  depends_on = [google_compute_firewall.callbacks]
}
