"""Slurm's configuration files as text: pure functions of a cluster, release by release."""
