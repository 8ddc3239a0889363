"""Slurm on a target's machines: whether its nodes are there, and the job that proves that they work."""
