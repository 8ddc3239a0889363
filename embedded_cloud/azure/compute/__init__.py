"""Scale sets, machine sizes and images."""
