"""Waits for what only a GKE cluster has: its control plane and its node pools."""
