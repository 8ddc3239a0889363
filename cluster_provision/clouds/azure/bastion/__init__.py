"""Azure Bastion: a connection to a port of a machine that has no address from outside."""
