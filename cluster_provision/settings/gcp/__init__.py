"""The settings of a run on Google Cloud, and what is known of its machine types and images."""
