"""Azure: its APIs, credentials and errors, and what it has of a cluster."""
