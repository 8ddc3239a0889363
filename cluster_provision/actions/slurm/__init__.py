"""What actions do on a Slurm cluster."""
