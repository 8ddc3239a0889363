"""What is done about single machines that are not well."""
