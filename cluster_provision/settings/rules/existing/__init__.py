"""Rules across the fields for machines that exist already."""
