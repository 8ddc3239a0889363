"""The machines' health by their own checks, and what Create does with it (docs/health.md)."""
