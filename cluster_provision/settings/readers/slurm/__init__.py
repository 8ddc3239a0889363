"""The types of the parameters of Slurm, on whichever cloud."""
