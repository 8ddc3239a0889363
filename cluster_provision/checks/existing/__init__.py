"""What is looked at on machines that exist already, before anything is changed on one of them."""
