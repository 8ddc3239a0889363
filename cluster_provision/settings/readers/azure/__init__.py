"""Readers of values that only Azure has."""
