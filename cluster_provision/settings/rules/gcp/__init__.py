"""Rules across the fields of a run on Google Cloud."""
