"""Many machines over SSH: commands, files, hostfiles and keys (docs/fleet.md)."""
