"""Checks that run before anything is made: services, permissions, machine types, image, quotas, price."""
