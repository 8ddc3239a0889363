"""The label by which everything of a cluster is found."""

CLUSTER_LABEL = "aiinfra-cluster"
"""The key of the label or tag on every resource that takes one; its value is the cluster's `label`. The old tool on
Google Cloud used the same key, and users' billing filters know it."""
