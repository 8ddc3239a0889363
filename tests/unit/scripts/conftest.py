"""A machine of stand-ins: our scripts run in a project folder of their own, against a container engine that is none."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[3]
PINNED = re.findall(r"^ARG (?:PYTHON|TERRAFORM)_IMAGE=(\S+)", (PROJECT / "Dockerfile").read_text(), re.MULTILINE)
REGISTRY = (*PINNED, "debian:bookworm-slim")
"""The base images as the registry has them."""

DOCKER = """
echo "$*" >>"$MACHINE/asked"
[ -e "$MACHINE/up" ] || exit 1
case "$*" in
  *Client.Version*) cat "$MACHINE/client" 2>/dev/null || echo 20.10.24 ;;
  version*) echo 20.10.24 ;;
  buildx*) exit 1 ;;
  "image inspect"*) grep -qxF "$3" "$MACHINE/images" 2>/dev/null ;;
  tag*) echo "$3" >>"$MACHINE/images" ;;
  "ps "*) cat "$MACHINE/containers" 2>/dev/null || true ;;
  "rm "*) rm -f "$MACHINE/containers" ;;
esac
"""
DOCKERD = """
while [ "$1" != --pidfile ]; do shift; done
echo $$ >"$2"
trap 'rm -f "$2" "$MACHINE/up"; exit' TERM
touch "$MACHINE/up"
while :; do sleep 0.05; done
"""
# Where the tests' own machine has systemd, scripts ask it in place of dockerd.
SYSTEMCTL = """
case "$1" in
  start) touch "$MACHINE/up" ;;
  stop) rm -f "$MACHINE/up" ;;
  show) echo run-1 ;;
esac
"""


@dataclass(frozen=True)
class Machine:
    """`folder` holds the stand-ins' state: `up`, `asked`, `images`, `containers`, `client`."""

    folder: Path

    @property
    def project(self) -> Path:
        return self.folder / "project"

    def program(self, name: str, body: str) -> None:
        file = self.folder / "bin" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"#!/bin/bash\n{body}\n")
        file.chmod(0o755)

    def run(self, script: str, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "MACHINE": str(self.folder),
            "OS_RELEASE": str(self.folder / "os-release"),
            "DOCKER_CONTEXT": "none-of-this-name",  # so that the machine's real client reaches nothing
            "https_proxy": "http://127.0.0.1:9",  # and no registry answers
            **environ,
        }
        command = [str(self.project / "scripts" / script), *arguments]
        return subprocess.run(
            command, env=environment, cwd=self.folder, capture_output=True, text=True, timeout=60, check=False
        )

    def asked(self) -> str:
        return (self.folder / "asked").read_text()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A Debian with an engine that is installed and not up; we are root."""
    machine = Machine(tmp_path)
    shutil.copytree(PROJECT / "scripts", machine.project / "scripts")
    shutil.copy(PROJECT / "Dockerfile", machine.project)
    (machine.project / "cluster_provision").mkdir()
    shutil.copy(PROJECT / "cluster_provision" / "__init__.py", machine.project / "cluster_provision")
    (tmp_path / "os-release").write_text("ID=debian\n")
    for name, body in {"docker": DOCKER, "dockerd": DOCKERD, "systemctl": SYSTEMCTL, "id": "echo 0"}.items():
        machine.program(name, body)
    machine.program("apt-get", "exit 100")
    yield machine
    machine.run("engine.sh", "stop")
