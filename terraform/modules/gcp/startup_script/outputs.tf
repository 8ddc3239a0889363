output "script" {
  description = "The startup script of every machine."
  value       = join("\n", concat(local.steps, ["programs() {", join("\n", local.written), "}\n"], [local.last]))
}
