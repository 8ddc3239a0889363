"""What google does in a way of its own."""
