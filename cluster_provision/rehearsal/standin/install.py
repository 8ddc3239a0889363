"""Put the stand-in where Terraform finds it: a filesystem mirror with a launcher, and what the launcher serves."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
import shlex
import sys
from pathlib import Path
from typing import Final

VERSION: Final = "7.45.0"
_ADDRESS: Final = "registry.terraform.io/hashicorp/google"
_HERE: Final = Path(__file__).parent


def install(folder: Path) -> Path:
    """The mirror folder, `<folder>/mirror`, in Terraform's unpacked layout. Quick where it is there already.

    Terraform's lock file hashes a package's whole folder: the launcher alone lies in it. The rest lies beside the
    mirror, in a folder that is named after its contents, so that a newer version of the tool makes its own.
    """
    folder = folder.resolve()
    mirror = folder / "mirror"
    served = folder / f"served-{_fingerprint()}"
    package = mirror / _ADDRESS / VERSION / _platform()
    launcher = package / f"terraform-provider-google_v{VERSION}"
    script = _script(served)
    if served.is_dir() and launcher.is_file() and launcher.read_text() == script:
        return mirror
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not served.is_dir():
            _serve(served)
        package.mkdir(parents=True, exist_ok=True)
        fresh = folder / "launcher"
        fresh.write_text(script)
        fresh.chmod(0o755)
        fresh.rename(launcher)
    return mirror


def _serve(folder: Path) -> None:
    """What serve.py needs, whole before it has its name."""
    from . import schema, table

    schemas = json.loads((_HERE / "facts" / "google.json").read_bytes())
    fresh = folder.with_suffix(".new")
    fresh.mkdir(exist_ok=True)
    (fresh / "schema.bin").write_bytes(schema.compiled(schemas))
    (fresh / "facts.json").write_text(json.dumps({"schemas": schemas, "table": table.read()}))
    certificate, key = _certificate()
    (fresh / "certificate.pem").write_bytes(certificate)
    (fresh / "key.pem").touch(0o600)
    (fresh / "key.pem").write_bytes(key)
    fresh.rename(folder)


def _certificate() -> tuple[bytes, bytes]:
    """A certificate for the name that Terraform expects of a plugin, localhost, and its key."""
    import trustme

    issued = trustme.CA().issue_cert("localhost")
    return issued.cert_chain_pems[0].bytes(), issued.private_key_pem.bytes()


def _script(served: Path) -> str:
    """The launcher. Nothing else that a caller's environment or folder holds gets to be imported."""
    root = _HERE.parents[2]
    command = shlex.join([sys.executable, "-P", "-m", f"{__package__}.serve", str(served)])
    return f"#!/bin/sh\nPYTHONPATH={shlex.quote(str(root))} PYTHONDONTWRITEBYTECODE= exec {command}\n"


def _fingerprint() -> str:
    """Of all that is served: the facts, and the code that compiles them."""
    files = (
        *sorted(f for f in (_HERE / "facts").rglob("*") if f.is_file()),
        _HERE / "schema.py",
        _HERE / "wire.py",
        _HERE / "install.py",
    )
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def _platform() -> str:
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    return f"{os.uname().sysname.lower()}_{machine}"
