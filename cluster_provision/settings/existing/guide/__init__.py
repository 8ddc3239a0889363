"""What the guide's Ansible inventory means for a cluster: its groups and variables."""
