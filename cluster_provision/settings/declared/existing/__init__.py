"""The parameters for machines that exist already."""
