"""Public keys for ssh, as Azure takes them: RSA of 2,048 bits or more, and Ed25519.

So provider azurerm 5.2.0 checks them (internal/services/compute/validate/ssh_key.go).
"""

from __future__ import annotations

import base64
import binascii

from cluster_provision.settings.reading import BadValue

LEAST_RSA_BITS = 2048
_TAKEN = "RSA of 2048 bits or more, and Ed25519 (ssh-keygen -t ed25519 makes a pair)"


def public_key(text: str) -> str:
    """The one key in a file, as one line. Raises BadValue, which shows nothing of the file."""
    if "PRIVATE KEY" in text:
        raise BadValue(
            "holds a private key, which nobody but its owner should see: give its public half, the file that ends "
            "with .pub (ssh-keygen -y -f <private key> writes it)"
        )
    if "BEGIN SSH2 PUBLIC KEY" in text:
        raise BadValue("holds a public key in another form: ssh-keygen -i -f <file> writes it as ssh has it")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    if len(lines) != 1:
        raise BadValue(f"holds {len(lines)} keys; give a file with one public key, which is one line")
    words = lines[0].split()
    if len(words) < 2:
        raise BadValue("holds no public key: one begins with ssh-ed25519 or ssh-rsa, and goes on with the key")
    _check(words[0], words[1])
    return " ".join(words)


def _check(kind: str, encoded: str) -> None:
    try:
        parts = _parts(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError):
        raise BadValue("holds no public key: what follows its type can't be read") from None
    if not parts or parts[0] != kind.encode():
        raise BadValue(f"holds no public key that Azure takes: it takes {_TAKEN}")
    if kind == "ssh-ed25519" and len(parts) == 2 and len(parts[1]) == 32:
        return
    if kind == "ssh-rsa" and len(parts) == 3:
        bits = int.from_bytes(parts[2], "big").bit_length()
        if bits < LEAST_RSA_BITS:
            raise BadValue(f"holds an RSA key of {bits} bits; Azure takes {_TAKEN}")
        return
    raise BadValue(f"holds a key that Azure doesn't take; it takes {_TAKEN}")


def _parts(data: bytes) -> list[bytes]:
    """The strings that a key consists of (RFC 4253, section 6.6): each after its length in four bytes."""
    parts = []
    while data:
        length = int.from_bytes(data[:4], "big")
        if len(data) < 4 + length:
            raise ValueError("cut off")
        parts.append(data[4 : 4 + length])
        data = data[4 + length :]
    return parts
