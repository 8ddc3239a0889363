"""The parameters of a run on Google Cloud."""
