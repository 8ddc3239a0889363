"""Kubernetes Engine: what its discovery document can't say."""
