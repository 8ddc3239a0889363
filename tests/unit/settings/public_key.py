"""An SSH key's public half."""

from __future__ import annotations

PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5" + "AAAAI" + "A" * 43 + " somebody"
