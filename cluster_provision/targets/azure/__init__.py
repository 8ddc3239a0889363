"""Clusters of virtual machines on Azure: scale sets."""
