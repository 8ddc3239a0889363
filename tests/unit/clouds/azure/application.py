"""An application of Microsoft Entra that signs in, and its certificate."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from pathlib import Path

TENANT = "7e5a3c1d-0000-4000-8000-00000000a2e1"
CLIENT = "5c1e0f7a-0000-4000-8000-00000000a2e2"
APPLICATION = {"ARM_TENANT_ID": TENANT, "ARM_CLIENT_ID": CLIENT}


def certificate(file: Path, *, password: bytes | None = None) -> Path:
    """A certificate and its key, as PFX or PEM by the file's ending."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.datetime.now(datetime.UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now)
    made = made.not_valid_after(now + datetime.timedelta(days=1))
    signed = made.sign(key, hashes.SHA256())
    hidden: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password:
        hidden = serialization.BestAvailableEncryption(password)
    if file.suffix == ".pfx":
        file.write_bytes(pkcs12.serialize_key_and_certificates(b"x", key, signed, None, hidden))
    else:
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, hidden)
        file.write_bytes(pem + signed.public_bytes(serialization.Encoding.PEM))
    return file
