"""How healthy the machines are, by their own checks, and what Create makes of it (docs/health.md)."""
