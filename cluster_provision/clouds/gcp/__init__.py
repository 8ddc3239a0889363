"""Google Cloud: its APIs, credentials and errors, and a cluster's resources there."""
