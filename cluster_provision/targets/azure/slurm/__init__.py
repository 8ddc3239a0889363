"""Slurm on Azure: a controller, login nodes, and scale sets whose machines the controller makes and ends."""
