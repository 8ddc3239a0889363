"""Slurm on Google Cloud: a controller, login nodes, and groups whose machines the controller makes and ends."""
