"""Works on many machines over SSH: commands, files, hostfiles and keys (docs/fleet.md)."""
