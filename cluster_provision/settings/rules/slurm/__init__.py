"""Rules for Slurm on a cloud, whichever it is."""
