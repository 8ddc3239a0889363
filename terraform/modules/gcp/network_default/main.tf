# Only looked up: no rule is added, no port is opened. Which ones are open is the project's own business.
data "google_compute_network" "default" {
  name = "default"
}
