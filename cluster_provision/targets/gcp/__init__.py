"""Clusters of virtual machines on Google Cloud."""
