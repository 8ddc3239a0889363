"""The settings of a run on Azure, and what is known of its machine sizes and images."""
