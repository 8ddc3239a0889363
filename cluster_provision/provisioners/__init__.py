"""How a cluster comes and goes."""
