"""A controller without a machine: real processes of slurm-nodes, a made-up scontrol, the embedded cloud's real API."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cluster_provision.slurm.cloud import NAMES_FILE, CloudCluster
from cluster_provision.slurm.outputs.node_states import read_nodes
from node.slurm_power import kept
from tests.integration.power.scontrol import OFF

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.slurm.outputs.node_states import NodeState
    from node.slurm_cloud.place import Place
    from node.slurm_power.kept import Kept
    from tests.unit.node.slurm.services import Services

PROJECT = Path(__file__).resolve().parents[3]
SCONTROL = Path(__file__).with_name("scontrol.py")
# -S: without site-packages it starts in a third of the time.
PROGRAM = '#!/bin/sh\nexec {python} -E -s -S {script} {folder} {word}"$@"\n'
RUN = """
import os, sys
os.geteuid = lambda: 0  # what it does, it does in folders of the test's own
from node.slurm_power.__main__ import main
sys.exit(main(["slurm-nodes", *sys.argv[1:]]))
"""
UP = ["idle", "cloud"]
# Seconds, in the place of minutes.
SHORT = ("--orphan=0.3", "--ghost=0.3", "--shows=0", "--hold=0.5", "--longest-hold=0.5")


@contextmanager
def _kept_at(folder: Path) -> Iterator[None]:
    before, kept.KEPT_FILE = kept.KEPT_FILE, str(folder / "srv/cluster/power/state.json")
    try:
        yield
    finally:
        kept.KEPT_FILE = before


@dataclass(frozen=True)
class Machine:
    """One of the cloud's: by its name there, which on Azure is not its node's; a later one has another `identity`."""

    name: str
    is_running: bool
    identity: str = ""


class Machines(Protocol):
    """One cloud, prepared for the cluster's groups."""

    cluster: CloudCluster
    place: Place
    no_quota: dict[str, dict[str, int]]
    """A condition of the cloud by which it makes no machine."""

    def machines(self) -> list[Machine]:
        """Those that are not going."""

    def refuses(self, node: str, times: int) -> None:
        """There is no room for the next machines of this node, so many times."""

    def takes(self, node: str) -> None:
        """The cloud takes the only machine away, as it does with spot machines."""


@dataclass
class Controller:
    """`services` are its metadata server, and on Azure its container. `joined` has the node of each machine that ever
    was, as the machine has learned it."""

    folder: Path
    cloud: Machines
    services: Services
    joined: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        state = self.folder / "var/lib/cluster"
        for each in (state, self.folder / "slurm", self.folder / "bin"):
            each.mkdir(parents=True)
        (state / "slurm-machine.json").write_text(json.dumps(vars(self.cloud.place)))
        (state / "slurm-cluster.json").write_text(self.cloud.cluster.text())
        self._write(dict.fromkeys(self.cloud.cluster.nodes, (OFF, "")))
        for name in ("scontrol", "squeue"):
            program = self.folder / "bin" / name
            word = "squeue " if name == "squeue" else ""
            where = {"python": sys.executable, "script": SCONTROL, "folder": self.folder / "slurm"}
            program.write_text(PROGRAM.format(**where, word=word))
            program.chmod(0o755)

    def start(self, *words: str) -> subprocess.Popen[str]:
        """slurm-nodes with these words, at work."""
        environment = {
            **os.environ,
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "NODE_ROOT": str(self.folder),
            "GCE_METADATA_HOST": f"127.0.0.1:{self.services.port}",
            "IMDS_ENDPOINT": self.services.url,
            "BLOB_ENDPOINT": self.services.url,
        }
        return subprocess.Popen(
            [sys.executable, "-E", "-s", "-c", RUN, *words],
            cwd=PROJECT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *words: str) -> str:
        """What it prints, however it ends."""
        with self.start(*words) as process:
            said, _ = process.communicate(timeout=60)
        return said

    def states(self) -> dict[str, NodeState]:
        shown = subprocess.run(
            [self.folder / "bin/scontrol", "show", "nodes"], capture_output=True, text=True, check=True
        )
        return {each.name: each for each in read_nodes(shown.stdout)}

    def kept(self) -> Kept:
        """What the power program keeps."""
        with _kept_at(self.folder):
            return kept.read_kept()

    def keep(self, value: Kept) -> None:
        with _kept_at(self.folder):
            kept.write_kept(value)

    def slurm_says(self, node: str, words: list[str], reason: str) -> None:
        """Have Slurm say this of a node from now on."""
        nodes = json.loads((self.folder / "slurm/nodes.json").read_text())
        self._write({**nodes, node: (words, reason)})

    def go_on(self) -> None:
        """What machines and slurmctld do by themselves: nodes with a machine join, those that go are off without one.

        A machine that has learned its name never learns another, and no two have the same.
        """
        running = self._learn()
        with (self.folder / "slurm/lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            nodes = json.loads((self.folder / "slurm/nodes.json").read_text())
            for name, (words, reason) in nodes.items():
                if "powering_up" in words and running.get(name):
                    nodes[name] = (UP, "")
                elif "powering_down" in words and name not in running:
                    nodes[name] = (OFF, reason)
            self._write(nodes)

    def _learn(self) -> dict[str, bool]:
        """The nodes that have a machine, and whether it runs."""
        there, names = self.cloud.machines(), self._names()
        for each in there:
            name = names.get(each.name, "") if self.cloud.cluster.cloud == "azure" else each.name
            assert self.joined.get(each.name, name) == name, f"{each.name} has another name: {name}"
            if name:
                self.joined[each.name] = name
        own = {self.joined[each.name]: each.is_running for each in there if each.name in self.joined}
        shared = [
            name
            for name, count in Counter(self.joined[e.name] for e in there if e.name in self.joined).items()
            if count > 1
        ]
        assert not shared, f"more than one machine is {shared}"
        return own

    def _names(self) -> dict[str, str]:
        """Which machine is which node, as the machines read it."""
        put = [body for its, path, _, body in self.services.asked if its == "PUT" and path.endswith(NAMES_FILE)]
        return dict(json.loads(put[-1])) if put else {}

    def _write(self, nodes: dict[str, tuple[list[str], str]]) -> None:
        new = self.folder / "slurm/nodes.new"
        new.write_text(json.dumps(nodes))
        new.replace(self.folder / "slurm/nodes.json")
