"""The state of a cluster of machines that exist already."""
