"""What is known of Google Cloud."""
