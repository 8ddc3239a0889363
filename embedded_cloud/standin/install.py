"""Put a stand-in where Terraform finds it: a filesystem mirror with a launcher, and what the launcher serves."""

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

# The versions whose schemas and calls the facts hold: https://registry.terraform.io/namespaces/hashicorp
VERSIONS: Final = {"google": "7.45.0", "azurerm": "5.2.0"}
REGISTRY: Final = "registry.terraform.io/hashicorp"
_HERE: Final = Path(__file__).parent


def install(folder: Path, provider: str) -> Path:
    """The mirror folder, `<folder>/mirror`, in Terraform's unpacked layout, with this provider, google or azurerm.

    Quick where it is there already. Terraform's lock file hashes a package's whole folder: the launcher alone lies in
    it. The rest lies beside the mirror, in a folder that is named after its contents, so that a newer version of the
    tool makes its own.
    """
    folder = folder.resolve()
    mirror, version = folder / "mirror", VERSIONS[provider]
    served = folder / f"served-{provider}-{_fingerprint(provider)}"
    package = mirror / REGISTRY / provider / version / _platform()
    launcher = package / f"terraform-provider-{provider}_v{version}"
    script = _script(served)
    if served.is_dir() and launcher.is_file() and launcher.read_text() == script:
        return mirror
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not served.is_dir():
            _serve(provider, served)
        package.mkdir(parents=True, exist_ok=True)
        fresh = folder / f"launcher-{provider}"
        fresh.write_text(script)
        fresh.chmod(0o755)
        fresh.rename(launcher)
    return mirror


def _serve(provider: str, folder: Path) -> None:
    """Write what serve.py needs; the folder gets its name once it is complete."""
    from embedded_cloud.standin import schema, table

    schemas = json.loads((_HERE / "facts" / f"{provider}.json").read_bytes())
    fresh = folder.with_suffix(".new")
    fresh.mkdir(exist_ok=True)
    (fresh / "schema.bin").write_bytes(schema.compiled(schemas))
    facts = {"provider": provider, "schemas": schemas, "table": table.read(provider)}
    (fresh / "facts.json").write_text(json.dumps(facts))
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
    """The launcher. It imports nothing else from the caller's environment or folder.

    Where a Python script `start.py` lies beside what is served, the launcher runs that instead: it may have a process
    ready that serves the same.
    """
    root, start = _HERE.parents[1], str(served / "start.py")
    command = shlex.join([sys.executable, "-P", "-m", f"{__package__}.serve", str(served)])
    return (
        f"#!/bin/sh\n[ ! -e {shlex.quote(start)} ] || exec {shlex.join([sys.executable, '-IS', start])}\n"
        f"PYTHONPATH={shlex.quote(str(root))} PYTHONDONTWRITEBYTECODE= exec {command}\n"
    )


def _fingerprint(provider: str) -> str:
    """A fingerprint of what is served: the provider's facts, and the code that compiles them."""
    facts = _HERE / "facts"
    files = (
        facts / f"{provider}.json",
        *sorted(file for file in (facts / provider).rglob("*") if file.is_file()),
        _HERE / "schema.py",
        _HERE / "wire.py",
        _HERE / "install.py",
    )
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]


def _platform() -> str:
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    return f"{os.uname().sysname.lower()}_{machine}"
