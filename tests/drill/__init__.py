"""Drills: what must not happen whatever goes wrong is tried again and again, and counted."""
