"""A Slurm cluster that isn't there: it answers scontrol and srun as a real one did, with what each test says of it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cluster_provision.fleet.command import CommandResult
from cluster_provision.orchestrators.slurm.all_reduce import Program
from cluster_provision.settings.readers.slurm.hostlist import expand_hostlist
from tests.unit.fleet.nccl_kit import printed, row

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

RECORDED = Path(__file__).parents[2] / "fleet" / "nccl_outputs"
DEVICE = "NVIDIA H100 80GB HBM3"
FAST, SLOW = 470.0, 120.0
NODE = (
    "NodeName={name} Arch=x86_64 CoresPerSocket=48 CPUAlloc=0 CPUEfctv=192 CPUTot=192 CPULoad=0.10 "
    "AvailableFeatures=(null) ActiveFeatures=(null) Gres={gres} NodeAddr=10.30.0.9 NodeHostName={name} "
    "Version=22.05.8 OS=Linux 6.1.0 RealMemory=980155 AllocMem=0 FreeMem=900000 Sockets=2 Boards=1 State={state} "
    "ThreadsPerCore=2 TmpDisk=0 Weight=1 Owner=N/A MCS_label=N/A Partitions={partitions}  "
    "BootTime=2026-11-30T16:50:33 CfgTRES=cpu=192 AllocTRES= CapWatts=n/a{reason}"
)
"""A line of `scontrol --oneliner show nodes` of 22.05.8."""


@dataclass
class Node:
    """A node: Slurm's words, and what its driver shows; `gres` is Slurm's count of GPUs, `gpus` the driver's."""

    state: str = "IDLE"
    gres: int = 8
    gpus: int = 8
    mig: int = 0
    partitions: str = "batch"
    reason: str = ""
    program: bool = True
    device: str = DEVICE
    fabric: int = 3200


@dataclass
class Machines:
    """The controller of these nodes. `run` answers an all-reduce over some of them."""

    nodes: dict[str, Node]
    run: Callable[[tuple[str, ...]], CommandResult] = lambda nodes: good(nodes)  # noqa: PLW0108 - it stands below
    program: Program | None = field(default_factory=lambda: Program("/opt/nccl-tests/build"))
    strict_health: bool = False
    asked: list[tuple[str, ...]] = field(default_factory=list)
    controller_name: str = "head"

    @property
    def slurm_nodes(self) -> tuple[str, ...]:
        return tuple(self.nodes)

    @property
    def runs(self) -> list[tuple[str, ...]]:
        """The all-reduces that were run, as words."""
        return [words for words in self.asked if "--mpi=pmix" in words]

    def nccl_program(self) -> Program | None:
        return self.program

    def on_controller(self, words: Sequence[str], feed: str = "") -> CommandResult:
        self.asked.append(tuple(words))
        if words[0] == "scontrol":
            return said("\n".join(_line(name, node) for name, node in self.nodes.items()))
        listed = next(word for word in words if word.startswith("--nodelist="))
        nodes = expand_hostlist(listed.partition("=")[2])
        if "look" in words:
            return said("".join(_look(name, self.nodes[name]) for name in nodes))
        return self.run(nodes)


def lyra(count: int, **changes: object) -> dict[str, Node]:
    """Nodes lyra01, lyra02, …"""
    return {f"lyra{number + 1:02d}": Node(**changes) for number in range(count)}  # type: ignore[arg-type]


def said(out: str = "", err: str = "", code: int = 0) -> CommandResult:
    return CommandResult(out.encode(), err.encode(), code)


def labelled(text: str, task: int = 0) -> str:
    """As `srun --label` writes it."""
    return "".join(f"{task:2d}: {line}\n" for line in text.splitlines())


def good(nodes: Sequence[str], busbw: float = FAST, largest: int = 32, network: str = "infiniband") -> CommandResult:
    """A run that came to its end; rows from 1 MiB to 2^largest bytes."""
    rows = "".join(row(1 << power, busbw) for power in range(20, largest + 1))
    return said(labelled(printed(rows, tuple(nodes), device=DEVICE, network=network)))


def broken(nodes: Sequence[str], name: str, task: int = 3) -> CommandResult:
    """A run in which a task on this node broke off after 128 MiB."""
    rows = "".join(row(1 << power, FAST) for power in range(20, 28))
    out = printed(rows, tuple(nodes), device=DEVICE).split("# Out of bounds")[0]
    out = out.replace(f"maxBytes {1 << 27}", f"maxBytes {4 << 30}")
    err = f"srun: error: {name}: task {task}: Exited with exit code 3\nsrun: error: {nodes[0]}: tasks 0-2: Killed\n"
    return said(labelled(out), err, 3)


def recorded(name: str) -> CommandResult:
    """What srun printed, as it was recorded: its own lines on standard error."""
    lines = (RECORDED / f"{name}.txt").read_text().splitlines(keepends=True)
    own = [line for line in lines if re.match(r"srun: |slurmstepd: ", line)]
    code = 0 if not own else int(found[1]) if (found := re.search(r"exit code (\d+)", own[0])) else 1
    return said("".join(line for line in lines if line not in own), "".join(own), code)


def _line(name: str, node: Node) -> str:
    reason = f" Reason={node.reason} [root@2026-11-30T10:00:00]" if node.reason else ""
    gres = f"gpu:h100:{node.gres}(S:0-1)" if node.gres else "(null)"
    return NODE.format(name=name, gres=gres, state=node.state, partitions=node.partitions, reason=reason)


def _look(name: str, node: Node) -> str:
    return f"look|{name}|{node.gpus}|{node.mig}|{node.device}|{node.fabric}|{'yes' if node.program else 'no'}\n"
