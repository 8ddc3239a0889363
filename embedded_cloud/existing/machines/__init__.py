"""What stands behind machines that exist already."""
