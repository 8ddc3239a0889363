"""A shell on a machine of Google Cloud: gcloud's ssh through IAP, which needs no external address."""

from __future__ import annotations

import shlex
from dataclasses import dataclass


@dataclass(frozen=True)
class GcloudShell:
    """The way to one machine."""

    machine: str
    project_id: str
    zone: str

    def line(self) -> str:
        """The command that opens a shell."""
        place = f"--project={self.project_id} --zone={self.zone}"
        return f"gcloud compute ssh {self.machine} {place} --tunnel-through-iap"

    def words(self) -> tuple[str, ...]:
        """The same as a program and its arguments."""
        return tuple(shlex.split(self.line()))

    def command(self, command: str) -> str:
        """The line that runs a command on the machine."""
        return f"{self.line()} --command={shlex.quote(command)}"

    def tunnel(self, port: int) -> str:
        """The line that leads a port here to the same port there.

        A forward of ssh: what listens may do so on the machine's loopback alone
        (https://cloud.google.com/deep-learning-vm/docs/jupyter).
        """
        return f"{self.line()} -- -N -L {port}:localhost:{port}"
