"""The types of parameters, one file for each kind of type."""
