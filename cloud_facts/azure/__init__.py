"""What is known of Azure."""
