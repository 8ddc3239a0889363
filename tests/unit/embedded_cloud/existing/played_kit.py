"""Played machines side by side, and their programs without a process of their own."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from embedded_cloud.existing.played import new_machine
from embedded_cloud.existing.played.machine import PlayedMachine
from embedded_cloud.existing.played.process import Call, Programs
from embedded_cloud.existing.played.programs.table import PROGRAMS, has

if TYPE_CHECKING:
    from pathlib import Path

SLURM_CONF = """ClusterName=vega
SlurmctldHost=head
NodeName=node[1-2] CPUs=16 Sockets=2 CoresPerSocket=4 ThreadsPerCore=2 RealMemory=240000 Gres=gpu:8
PartitionName=batch Nodes=node[1-2] Default=YES
"""


@dataclass
class Played:
    """The machines in a folder."""

    place: Path

    def add(self, name: str, **told: Any) -> PlayedMachine:
        """A machine; an address that is given is one of the env file's."""
        number = len(list(self.place.glob("*"))) + 2 if self.place.exists() else 2
        given = {"name": name, "address": f"10.213.0.{number}", "user": "ops", "accelerator": "NVIDIA H100 80GB HBM3"}
        known = {"places": [name, f"10.213.0.{number}"], "resolves": [name]}
        new_machine.make(self.place / name, new_machine.complete({**given, **known, **told}))
        return self.of(name)

    def of(self, name: str) -> PlayedMachine:
        """The machine as a new process sees it."""
        return PlayedMachine(self.place / name)

    def tell(self, name: str, **told: Any) -> None:
        """Have something else be so of the machine."""
        file = self.place / name / "machine.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), **told}))

    def call(self, name: str, line: str) -> Call:
        """Run a program on the machine."""
        machine = self.of(name)
        return Programs(machine, PROGRAMS, lambda program: has(machine, program)).call(shlex.split(line))

    def out(self, name: str, line: str) -> str:
        """What a program says that ends well."""
        done = self.call(name, line)
        assert done.status == 0, done.err.getvalue()
        return done.out.getvalue().strip()

    def with_slurm(self) -> None:
        """A controller `head` and two nodes, on which Slurm runs."""
        for name in ("head", "node1", "node2"):
            self.add(name)
            self.out(name, "apt-get install -y munge slurm-client slurmctld slurmd")
            self.of(name).write("/etc/munge/munge.key", "one key")
            self.out(name, "systemctl start munge")
        self.of("head").write("/etc/slurm/slurm.conf", SLURM_CONF)
        self.out("head", "systemctl start slurmctld")
        for name in ("node1", "node2"):
            self.out(name, "systemctl start slurmd")
