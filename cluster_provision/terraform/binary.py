"""Finds the Terraform program, and checks its version."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from cluster_provision.errors import MachineError

OLDEST = (1, 11)
TESTED = "1.11.4"
ADVICE = f"Install Terraform {TESTED} (https://developer.hashicorp.com/terraform/install) and put it on PATH."


def find_terraform(path: str | None = None) -> str:
    """Return the program's path: the virtual environment's own, which `make setup` puts there, else the first on
    `path`.

    `path` is PATH by default. Raises MachineError where there is none.
    """
    in_virtual_environment = sys.prefix != sys.base_prefix
    own = shutil.which("terraform", path=str(Path(sys.executable).parent)) if in_virtual_environment else None
    program = own or shutil.which("terraform", path=path)
    if program is None:
        raise MachineError("Terraform is not installed on this machine", ADVICE)
    return program


def require_recent(version: str) -> None:
    """Raise MachineError for a version older than OLDEST; "" is a version too old to report itself."""
    numbers = tuple(int(part) for part in version.partition("-")[0].split(".") if part.isdigit())
    if numbers < OLDEST:
        wanted = ".".join(map(str, OLDEST))
        raise MachineError(f"Terraform's version is {version or 'unknown'}, but {wanted} or later is needed", ADVICE)
