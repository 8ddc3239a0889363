"""The types of the parameters for machines that exist already."""
