"""Declares every parameter once, with one file for each group."""
