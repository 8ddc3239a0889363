"""What Create and Destroy ask of whoever sits at the terminal, and say to one who stops them."""
