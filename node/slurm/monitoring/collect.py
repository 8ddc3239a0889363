"""Writes what Slurm says of its nodes and jobs for Prometheus, and which machines are to be asked; a timer starts it.

The controller runs it once a minute, with three paths: of the machines (JSON, a list of objects with `name`, `address`,
`part`, `comes_and_goes` and `gpu_exporter`), of the metrics that it writes for node exporter's textfile collector, and
of the folder for Prometheus' lists of targets. A file is written whole or not at all. Where Slurm doesn't answer, that
is a metric too, and the lists of targets stay as they are.

It needs Python's own library alone, from 3.9 on. The forms: prometheus.io/docs, "Exposition formats" and
"Configuration", file_sd_config; sinfo(1) and squeue(1) of Slurm 22.05 and later.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SECONDS = 30
NODE_PORT, GPU_PORT = 9100, 9400
# What sinfo puts behind a state (sinfo(1), NODE STATE CODES). A node that is off, or not up yet, answers nobody and
# lacks nothing; one that is to go once its jobs have ended (!) is still there.
POWERED = {"~": "off", "%": "powering_down", "#": "powering_up"}
POWER_STATES = {"powered_down": "off", "powering_down": "powering_down", "powering_up": "powering_up"}
MARKS = "*!$@^-+~%#"
# The tool's own reason where a cloud gave no machine, and Slurm's where one never joined (src/slurmctld/node_mgr.c).
NEVER_CAME = ("cluster-provision: capacity:", "ResumeTimeout reached")
WORD = re.compile("[A-Za-z_]+")

# sinfo(1), --Format: each column has a width, and what is longer is cut off.
COLUMNS = (
    ("NodeList", 256),
    ("NodeAddr", 256),
    ("Partition", 256),
    ("StateLong", 64),
    ("CPUsState", 64),
    ("Gres", 512),
    ("GresUsed", 512),
    ("Reason", 512),
)
SINFO = ("sinfo", "--noheader", "--Node", "--all", "--Format", ",".join(f"{name}:{width}" for name, width in COLUMNS))
SQUEUE = ("squeue", "--noheader", "--all", "--array", "--format", "%P|%T|%r|%V")

Labels = tuple[tuple[str, str], ...]


class Node(NamedTuple):
    """A node as sinfo has it: a row for each of its partitions. `power` is empty while it is on."""

    name: str
    address: str
    partition: str
    state: str
    power: str
    responds: bool
    gpus: int
    gpus_used: int
    cpus: tuple[int, int, int, int]
    reason: str


class Metric(NamedTuple):
    """A metric with all its values."""

    name: str
    help: str
    values: dict[Labels, float]


def main(what: str, metrics: str, targets: str) -> None:
    """Look once."""
    with open(what, encoding="utf-8") as file:
        machines = json.load(file)
    started = time.time()
    nodes, jobs = nodes_of(output(*SINFO)), output(*SQUEUE)
    found = [*about_slurm(nodes is not None and jobs is not None, started)]
    found += about_nodes(nodes) if nodes is not None else ()
    found += about_jobs(jobs.splitlines(), started) if jobs is not None else ()
    put(metrics, text_of(found))
    for name, listed in targets_of(machines, nodes).items():
        path = os.path.join(targets, f"{name}.json")
        if nodes is not None or not os.path.exists(path):
            put(path, json.dumps(listed, indent=1) + "\n")


def output(*argv: str) -> str | None:
    """What a program prints, None where it can't be run, fails or doesn't end."""
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "SLURM_TIME_FORMAT": "%s"}
    try:
        done = subprocess.run(argv, stdout=subprocess.PIPE, timeout=SECONDS, env=environment, check=True)
    except (OSError, subprocess.SubprocessError) as failure:
        print(f"{argv[0]}: {failure}", file=sys.stderr)
        return None
    return done.stdout.decode("utf-8", "replace")


def nodes_of(text: str | None) -> list[Node] | None:
    """Read sinfo's columns, each as wide as COLUMNS says."""
    return None if text is None else [node_of(line) for line in text.splitlines() if line.strip()]


def node_of(line: str) -> Node:
    fields, at = [], 0
    for _, width in COLUMNS:
        fields.append(line[at : at + width].strip())
        at += width
    name, address, partition, state, cpus, gres, used, reason = fields
    power = next((POWERED[mark] for mark in state if mark in POWERED), "")
    bare = state.rstrip(MARKS)
    power = power or POWER_STATES.get(bare, "")
    counts = [int(each) for each in re.findall(r"\d+", cpus)][:4]
    return Node(
        name,
        address,
        partition.rstrip("*"),
        bare,
        power,
        "*" not in state,
        gpus_in(gres),
        gpus_in(used),
        (counts[0], counts[1], counts[2], counts[3]) if len(counts) == 4 else (0, 0, 0, 0),
        reason,
    )


def gpus_in(gres: str) -> int:
    """The number of GPUs in sinfo's words: `gpu:h100:8(S:0-1)`, `gpu:2(IDX:0-1),shard:4`, `(null)`."""
    bare = re.sub(r"\([^)]*\)", "", gres)
    return sum(int(each[1]) for each in re.finditer(r"(?:^|,)gpu(?::[^:,]+)*:(\d+)", bare))


def about_slurm(answers: bool, now: float) -> Iterator[Metric]:
    yield Metric("cluster_slurm_up", "Whether slurmctld answers.", {(): float(answers)})
    yield Metric("cluster_slurm_looked_seconds", "When this was looked at, since 1970.", {(): now})


def about_nodes(nodes: Iterable[Node]) -> Iterator[Metric]:
    """Nodes count once, however many partitions they are in; a partition's numbers are its own."""
    rows = list(nodes)
    once = {each.name: each for each in rows}.values()
    yield Metric(
        "cluster_slurm_nodes",
        "Nodes by state; off, powering_up and powering_down are the nodes' power.",
        counted((("state", each.power or each.state),) for each in once),
    )
    yield Metric(
        "cluster_slurm_node_state",
        "1 for the state that a node has.",
        {(("node", each.name), ("state", each.power or each.state)): 1.0 for each in once},
    )
    yield Metric(
        "cluster_slurm_nodes_never_came",
        "Nodes that were asked for and didn't come: the cloud gave none, or none joined.",
        {(): float(sum(each.reason.startswith(NEVER_CAME) for each in once))},
    )
    yield Metric(
        "cluster_slurm_nodes_not_responding",
        "Nodes that are on and don't answer slurmctld.",
        {(): float(sum(not each.power and not each.responds for each in once))},
    )
    yield Metric(
        "cluster_slurm_gpus",
        "GPUs of nodes that are on, allocated to jobs or not.",
        summed(once, (("allocated", lambda n: n.gpus_used), ("free", lambda n: n.gpus - n.gpus_used))),
    )
    yield Metric(
        "cluster_slurm_cpus",
        "CPUs (threads) of nodes that are on, as sinfo counts them.",
        summed(
            once, tuple((word, lambda n, at=at: n.cpus[at]) for at, word in enumerate(("allocated", "free", "other")))
        ),
    )
    yield Metric(
        "cluster_slurm_partition_nodes",
        "A partition's nodes by state.",
        counted((("partition", each.partition), ("state", each.power or each.state)) for each in rows),
    )


def about_jobs(lines: Iterable[str], now: float) -> Iterator[Metric]:
    """Each task of an array is a job."""
    states: list[Labels] = []
    reasons: list[Labels] = []
    waits: dict[Labels, float] = {}
    for line in lines:
        partition, _, rest = line.partition("|")
        state, _, rest = rest.partition("|")
        reason, _, submitted = rest.rpartition("|")
        states.append((("partition", partition), ("state", word(state).lower())))
        if state == "PENDING":
            reasons.append((("partition", partition), ("reason", word(reason))))
            if submitted.isdigit():
                of = (("partition", partition),)
                waits[of] = max(waits.get(of, 0.0), now - int(submitted))
    yield Metric("cluster_slurm_jobs", "Jobs by partition and state.", counted(states))
    yield Metric("cluster_slurm_jobs_pending", "Jobs that wait, by Slurm's reason.", counted(reasons))
    yield Metric("cluster_slurm_longest_wait_seconds", "How long the oldest job that waits has waited.", waits)


def word(text: str) -> str:
    """The first word of a state or a reason, which may go on with names of nodes."""
    found = WORD.match(text)
    return found.group() if found else "unknown"


def counted(labels: Iterable[Labels]) -> dict[Labels, float]:
    return {each: float(count) for each, count in Counter(labels).items()}


def summed(nodes: Iterable[Node], of: Iterable[tuple[str, Any]]) -> dict[Labels, float]:
    """A sum over the nodes that are on for each of `of`, a word for the label `state` and what counts."""
    on = [each for each in nodes if not each.power]
    return {(("state", word),): float(sum(count(each) for each in on)) for word, count in of}


def text_of(metrics: Iterable[Metric]) -> str:
    lines = []
    for each in metrics:
        lines += [f"# HELP {each.name} {each.help}", f"# TYPE {each.name} gauge"]
        for labels, value in sorted(each.values.items()):
            told = ",".join(f"{name}={quoted(text)}" for name, text in labels)
            lines.append(f"{each.name}{'{' + told + '}' if told else ''} {value:.15g}")
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def targets_of(machines: list[dict[str, Any]], nodes: list[Node] | None) -> dict[str, list[dict[str, Any]]]:
    """The lists by name: `node` for node exporter, `gpu` for dcgm-exporter. A node that is off is in none.

    Where Slurm says nothing, nodes that come and go are left out: only Slurm knows the addresses that these have now.
    """
    off = {each.name for each in nodes or () if each.power}
    addresses = {each.name: each.address for each in nodes or () if each.address}
    on = [each for each in machines if each["name"] not in off and (nodes is not None or not each["comes_and_goes"])]
    places = {each["name"]: addresses.get(each["name"], each["address"]) for each in on if each["comes_and_goes"]}
    return {
        "node": [target(each, places, NODE_PORT) for each in on],
        "gpu": [target(each, places, GPU_PORT) for each in on if each["gpu_exporter"]],
    }


def target(machine: dict[str, Any], places: dict[str, str], port: int) -> dict[str, Any]:
    address = places.get(machine["name"], machine["address"])
    place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    return {"targets": [place], "labels": {"instance": machine["name"], "part": machine["part"]}}


def put(path: str, text: str) -> None:
    """Write a file that others read meanwhile."""
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(text)
        os.chmod(temporary, 0o644)
    os.replace(temporary, path)


if __name__ == "__main__":
    main(*sys.argv[1:])
