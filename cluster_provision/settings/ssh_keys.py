"""Reads keys for ssh: public ones, as OpenSSH and as Azure accept them, and private ones without their passphrase.

Azure accepts RSA of 2,048 bits or more, and Ed25519. Provider azurerm 5.2.0 checks the same
(internal/services/compute/validate/ssh_key.go).
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from cluster_provision.settings.reading import BadValue, printable, shown

LEAST_RSA_BITS = 2048
_ED25519_BYTES = 32
_OPENSSH = b"openssh-key-v1\0"
_TAKEN = "RSA of 2048 bits or more, and Ed25519 (ssh-keygen -t ed25519 makes a pair)"


def public_key(text: str) -> str:
    """Return the only key in a file, as one line. Raises BadValue, which shows nothing of the file."""
    if "PRIVATE KEY" in text:
        raise BadValue(
            "holds a private key, which only its owner should see: give its public half, the file that ends with .pub "
            "(ssh-keygen -y -f <private key> prints it)"
        )
    if "BEGIN SSH2 PUBLIC KEY" in text:
        raise BadValue("holds a public key in another form: ssh-keygen -i -f <file> prints it in OpenSSH's form")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith("#")]
    if len(lines) != 1:
        raise BadValue(f"holds {len(lines)} keys; give a file with one public key, which is one line")
    words = lines[0].split()
    if len(words) < 2:
        raise BadValue("holds no public key: one begins with ssh-ed25519 or ssh-rsa, and goes on with the key")
    _check(words[0], words[1])
    return " ".join(words)


# OpenSSH 9 accepts them (ssh-keygen(1), -t); it dropped DSA.
_FOR_LOGIN = frozenset(
    {"ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"}
    | {"sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"}
)


def key_for_login(line: str) -> str:
    """Return a line of authorized_keys without options, as OpenSSH accepts it. Raises BadValue."""
    words = line.split()
    if len(words) < 2:
        raise BadValue("has no public key: the part after its type is missing")
    kind, encoded = words[:2]
    if kind not in _FOR_LOGIN:
        raise BadValue(
            f"has a key of the type {shown(kind)}; ssh-keygen -t ed25519 makes one that every machine accepts"
        )
    try:
        parts = _parts(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError):
        raise BadValue("has a public key that is damaged: the part after its type can't be read") from None
    if not parts or parts[0] != kind.encode() or len(parts) < 2:
        raise BadValue("has a public key that is damaged: its type and what follows don't belong together")
    if kind == "ssh-rsa" and (len(parts) < 3 or int.from_bytes(parts[2], "big").bit_length() < LEAST_RSA_BITS):
        raise BadValue(f"has an RSA key of less than {LEAST_RSA_BITS} bits; ssh-keygen -t ed25519 makes a better one")
    if kind == "ssh-ed25519" and len(parts[1]) != _ED25519_BYTES:
        raise BadValue("has a public key that is damaged: an Ed25519 key has 32 bytes")
    comment = " ".join(words[2:])
    return " ".join((kind, encoded, printable(comment))).rstrip()


@dataclass(frozen=True)
class PrivateKey:
    """What a private key's file shows without its passphrase: whether it has one, and its public half.

    `public` is the base64 part of the public half's line; empty where the file doesn't show it.
    """

    encrypted: bool
    public: str = ""


def private_key(text: str) -> PrivateKey:
    """Read the file's text. Raises BadValue, which shows nothing of it."""
    stripped = text.strip()
    if stripped.startswith(("ssh-", "ecdsa-", "sk-")):
        raise BadValue("holds a public key: give its private half, usually the file without .pub at its end")
    if "PRIVATE KEY" not in stripped.partition("\n")[0]:
        raise BadValue("holds no private key as ssh-keygen writes it")
    if "OPENSSH" in stripped.partition("\n")[0]:
        return _openssh(stripped)
    return PrivateKey(encrypted="ENCRYPTED" in stripped)


def _openssh(text: str) -> PrivateKey:
    """Read OpenSSH's own form: openssh-portable, PROTOCOL.key.

    Only the parts after the public half may be encrypted.
    """
    encoded = "".join(line for line in text.splitlines() if not line.startswith("-----"))
    try:
        data = base64.b64decode(encoded, validate=True)
        if not data.startswith(_OPENSSH):
            raise ValueError("another form")
        cipher, rest = _part(data[len(_OPENSSH) :])
        _, rest = _part(rest)  # the function that turns a passphrase into a key
        _, rest = _part(rest)  # its parameters
        public, _ = _part(rest[4:])
    except (binascii.Error, ValueError):
        raise BadValue("holds a private key that is damaged: ssh-keygen -y -f <file> can't read it either") from None
    return PrivateKey(cipher != b"none", base64.b64encode(public).decode())


def _check(kind: str, encoded: str) -> None:
    try:
        parts = _parts(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError):
        raise BadValue("holds no public key: the part after its type can't be read") from None
    if not parts or parts[0] != kind.encode():
        raise BadValue(f"holds no public key that Azure accepts; it accepts {_TAKEN}")
    if kind == "ssh-ed25519" and len(parts) == 2 and len(parts[1]) == 32:
        return
    if kind == "ssh-rsa" and len(parts) == 3:
        bits = int.from_bytes(parts[2], "big").bit_length()
        if bits < LEAST_RSA_BITS:
            raise BadValue(f"holds an RSA key of {bits} bits; Azure accepts {_TAKEN}")
        return
    raise BadValue(f"holds a key that Azure doesn't accept; it accepts {_TAKEN}")


def _parts(data: bytes) -> list[bytes]:
    """Return the strings that a key consists of (RFC 4253, section 6.6)."""
    parts = []
    while data:
        part, data = _part(data)
        parts.append(part)
    return parts


def _part(data: bytes) -> tuple[bytes, bytes]:
    """Return the first string, which has its length in four bytes before it, and the rest.

    Raises ValueError if cut off.
    """
    length = int.from_bytes(data[:4], "big")
    if len(data) < 4 + length:
        raise ValueError("cut off")
    return data[4 : 4 + length], data[4 + length :]
