"""Compute Engine: what its discovery document can't say."""
