"""The Terraform program: where it is, and that its version will do."""

from __future__ import annotations

import json
import shutil
import subprocess

from cluster_provision.errors import MachineError

OLDEST = (1, 11)
TESTED = "1.11.4"
ADVICE = f"Install Terraform {TESTED} (https://developer.hashicorp.com/terraform/install) and put it on PATH."


def find_terraform(path: str | None = None) -> str:
    """The program's path, looked for on `path` (PATH by default).

    Raises MachineError where there is none, it does not run, or it is older than OLDEST.
    """
    program = shutil.which("terraform", path=path)
    if program is None:
        raise MachineError("Terraform is not installed on this machine", ADVICE)
    version = _version(program)
    if version < OLDEST:
        found = ".".join(map(str, version))
        raise MachineError(f"{program} is Terraform {found}, and {OLDEST[0]}.{OLDEST[1]} or later is needed", ADVICE)
    return program


def _version(program: str) -> tuple[int, ...]:
    environment = {"CHECKPOINT_DISABLE": "1", "PATH": "/usr/bin:/bin"}
    try:
        asked = subprocess.run(
            [program, "version", "-json"], env=environment, capture_output=True, text=True, timeout=60, check=True
        )
        said = json.loads(asked.stdout)["terraform_version"]
    except (OSError, subprocess.SubprocessError, ValueError, KeyError) as failure:
        raise MachineError(f"{program} does not run: {failure}", ADVICE) from failure
    return tuple(int(part) for part in said.split("-")[0].split("."))
