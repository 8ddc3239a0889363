"""The container engine that the machines run on."""
