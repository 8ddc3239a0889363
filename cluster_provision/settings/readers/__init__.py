"""The types that parameters have, one file a kind."""
