"""The NodeName lines of slurm.conf and gres.conf: equal nodes in one line, ten thousand within a second."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist
from cluster_provision.slurm.conf.lines import line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cluster_provision.slurm.cluster import Gpus, SlurmCluster, SlurmNode

# The part of the memory that jobs get, in per cent: the rest is the system's, as in the guide.
MEMORY_FOR_JOBS = 95
_NUMBERED = re.compile(r"(.*?)([0-9]{1,9})")


def node_lines(cluster: SlurmCluster) -> list[str]:
    """Return a line for each run of equal nodes, whose names and addresses count up together."""
    return [_node_line(run) for run in _runs(cluster.nodes)]


def gres_text(node: SlurmNode) -> str:
    """Return a node's Gres, such as `gpu:h100:8`; empty where it has none."""
    return ",".join(f"gpu:{each.type}:{each.count}" for each in node.gpus)


def job_memory_mb(node: SlurmNode) -> int:
    """MiB of a node's memory that jobs get."""
    return node.memory_mb * MEMORY_FOR_JOBS // 100


def _node_line(run: Sequence[SlurmNode]) -> str:
    first = run[0]
    addresses = [node.address for node in run]
    own = all(node.address in ("", node.name) for node in run)
    return line(
        ("NodeName", fold_hostlist(node.name for node in run)),
        ("NodeAddr", "" if own else fold_hostlist(addresses)),
        ("CPUs", str(first.cpus)),
        ("Boards", str(first.boards)),
        ("SocketsPerBoard", str(first.sockets // first.boards)),
        ("CoresPerSocket", str(first.cores)),
        ("ThreadsPerCore", str(first.threads)),
        ("RealMemory", str(job_memory_mb(first))),
        ("Gres", gres_text(first)),
        ("Feature", ",".join(first.features)),
        ("State", "CLOUD" if first.cloud else "UNKNOWN"),
    )


def _runs(nodes: Sequence[SlurmNode]) -> Iterator[list[SlurmNode]]:
    """Split the nodes, in their order, where the next one differs, or its name or address doesn't follow."""
    for _, group in groupby(nodes, key=_likeness):
        run: list[SlurmNode] = []
        for node in group:
            if run and not _continues(run[-1], node):
                yield run
                run = []
            run.append(node)
        yield run


def _likeness(node: SlurmNode) -> tuple[object, ...]:
    gpus = tuple((each.type, each.count) for each in node.gpus)
    shape = (node.cpus, node.boards, node.sockets, node.cores, node.threads, node.memory_mb)
    return (*shape, gpus, node.features, node.cloud, node.address in ("", node.name))


def _continues(last: SlurmNode, node: SlurmNode) -> bool:
    return _next_of(last.name) == node.name and (
        node.address in ("", node.name) or _next_of(last.address) == node.address
    )


def _next_of(text: str) -> str:
    """The text with the number at its end one higher, as wide as it is; empty where it has none."""
    match = _NUMBERED.fullmatch(text)
    return f"{match[1]}{int(match[2]) + 1:0{len(match[2])}d}" if match else ""


def gres_lines(cluster: SlurmCluster) -> list[str]:
    """Return a line for each kind of GPU, with the nodes that have it."""
    nodes: dict[Gpus, list[str]] = {}
    for node in cluster.nodes:
        for gpus in node.gpus:
            nodes.setdefault(gpus, []).append(node.name)
    return [text for gpus, names in nodes.items() for text in _gres_lines(fold_hostlist(names), gpus)]


def _gres_lines(names: str, gpus: Gpus) -> list[str]:
    """One line for whole cards beside the same cores.

    A MIG device is several files, and has a line of its own (gres.conf(5)).
    """
    start = (("NodeName", names), ("Name", "gpu"), ("Type", gpus.type))
    placed = list(zip(gpus.files, gpus.cores or [""] * gpus.count, strict=True))
    whole: dict[str, list[str]] = {}
    for file, cores in placed:
        if "," not in file:
            whole.setdefault(cores, []).append(file)
    lines = [line(*start, ("File", fold_hostlist(files)), ("Cores", cores)) for cores, files in whole.items()]
    return lines + [line(*start, ("MultipleFiles", file), ("Cores", cores)) for file, cores in placed if "," in file]
