"""The key pair of the rehearsal's own, which lets in whoever holds the private half."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

if TYPE_CHECKING:
    from pathlib import Path


def write_login_key(folder: Path) -> Path:
    """Make the pair in the cloud's folder, unless it is there. Returns the private half's file."""
    private, public = folder / "login_key", folder / "login_key.pub"
    if not public.exists():
        made = Ed25519PrivateKey.generate()
        private.touch(mode=0o600)
        private.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
        public.write_bytes(made.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH) + b"\n")
    return private


def public_half(folder: Path) -> str:
    """The line that lets its owner in."""
    return write_login_key(folder).with_suffix(".pub").read_text(encoding="utf-8").strip()
