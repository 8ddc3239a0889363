"""What is looked at before anything is made: services, permissions, machine types, image, quotas, price."""
