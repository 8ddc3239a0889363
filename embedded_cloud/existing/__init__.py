"""Machines that exist already: no cloud makes them, and they are there before the run and after it."""
