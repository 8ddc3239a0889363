"""What STARTUP_COMMAND leaves, brought home before the cluster goes."""
