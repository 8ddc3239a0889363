"""`slurmd -C` (slurmd(8)): a machine's processors, memory and, from 24.11 on, GPUs, in the form of a NodeName line.

The form was read in src/slurmd/slurmd/slurmd.c at tags 18.08 to 26.05: ClusterName once led the line, sockets are those
of a board, `Gres=` and a line "Found … with Autodetect=…" came with 24.11.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.slurm.facts import NO_PROGRAM
from cluster_provision.slurm.outputs.gres_text import gres_counts
from cluster_provision.slurm.outputs.not_understood import NotUnderstood

if TYPE_CHECKING:
    from cluster_provision.slurm.facts import Output

_LINE = re.compile(r"^\s*(?:ClusterName=\S+\s+)?NodeName=\S.*$", re.MULTILINE)
_NEEDED = ("CPUs", "CoresPerSocket", "ThreadsPerCore", "RealMemory")


@dataclass(frozen=True)
class Hardware:
    """A machine as Slurm sees it. `sockets` are those of all boards. `gpus` is type → count, `None` if unknown."""

    name: str
    cpus: int
    boards: int
    sockets: int
    cores: int
    threads: int
    memory_mb: int
    gpus: dict[str, int] | None = None


def read_slurmd_c(output: Output) -> Hardware | None:
    """Return the hardware; `None` where slurmd isn't installed. Raises NotUnderstood for anything else."""
    line = _LINE.search(output.out) or _LINE.search(output.err)
    if not line:
        if output.exit == NO_PROGRAM:
            return None
        raise NotUnderstood("slurmd -C", output.err or output.out)
    values = dict(re.findall(r"(\w+)=(\S+)", line[0]))
    try:
        numbers = {key: int(values[key]) for key in _NEEDED}
        boards = int(values.get("Boards", "1"))
        sockets = boards * int(values["SocketsPerBoard"]) if "SocketsPerBoard" in values else int(values["Sockets"])
    except (KeyError, ValueError):
        raise NotUnderstood("slurmd -C", line[0]) from None
    return Hardware(
        values["NodeName"],
        numbers["CPUs"],
        boards,
        sockets,
        numbers["CoresPerSocket"],
        numbers["ThreadsPerCore"],
        numbers["RealMemory"],
        gres_counts(values["Gres"]) if "Gres" in values else None,
    )
