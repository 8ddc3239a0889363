"""Clusters of machines that exist already, set up and given back over SSH."""
