"""Readers of values that only Google Cloud has."""
