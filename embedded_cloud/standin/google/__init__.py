"""What only the google provider does."""
