"""Machines that exist already: their settings, typed."""
