"""The label that marks every resource of a cluster."""

CLUSTER_LABEL = "aiinfra-cluster"
"""The key of the label or tag on every resource that can have one; its value is the cluster's `label`.

The old tool on Google Cloud used the same key, and users' billing filters know it.
"""
