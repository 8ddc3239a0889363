"""State in Google Cloud Storage."""
