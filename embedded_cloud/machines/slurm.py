"""What played machines of a Slurm cluster report of it, as healthy ones would (docs/node-status.md)."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

Facts = dict[str, Any]

CLUSTER_FILE = "files/slurm/cluster.json"
ORDER_FILE = "files/slurm/command.json"
RELEASE = "23.11.4"  # Ubuntu 24.04's


def groups(cluster: Facts) -> Iterator[tuple[str, list[str], int]]:
    """The groups of the cluster: each one's name, its nodes, and how many of these, the first ones, are on at first."""
    for pool in cluster["pools"]:
        left = int(pool["on"])
        for group in pool["groups"]:
            nodes = list(group["nodes"])
            yield group["name"], nodes, max(0, min(left, len(nodes)))
            left -= len(nodes)


def digest(text: str) -> str:
    """What a record says of the description that its machine has applied."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def controller_part(text: str, wanted: Sequence[str], ready: Collection[str], problems: Mapping[str, Facts]) -> Facts:
    """The controller's, of the description in `text`: `wanted` nodes should be on, `ready` ones are, and the cloud
    refused those in `problems`, by name."""
    cluster = json.loads(text)
    every = [name for _, nodes, _ in groups(cluster) for name in nodes]
    states = dict.fromkeys(every, "off")
    states |= {name: "idle" if name in ready else "down" if name in problems else "powering-up" for name in wanted}
    up = [name for name in wanted if states[name] == "idle"]
    return {
        "applied": digest(text),
        "part": "controller",
        "release": RELEASE,
        "wanted": ",".join(wanted),
        "nodes": [
            {"names": ",".join(name for name in every if states[name] == state), "state": state, "reason": ""}
            for state in dict.fromkeys(states.values())
        ],
        "problems": [{"nodes": name, **told} for name, told in problems.items()],
        "proof": _proof(cluster, up, done=len(up) == len(wanted)),
        "notes": [],
    }


def own_part(text: str, part: str) -> Facts:
    """A login node's or a node's."""
    return {"applied": digest(text), "part": part, "release": RELEASE}


def runs_command(text: str, name: str) -> bool:
    """Whether this machine of the cluster that `text` describes runs STARTUP_COMMAND."""
    cluster = json.loads(text)
    return name == str(next(iter(cluster["logins"]), cluster["controller"]))


def outcome_of(order: str, machine: str) -> tuple[str, Facts]:
    """The object's name below the deployment, and the outcome of a command that has gone well."""
    name = str(json.loads(order)["name"])
    told: Facts = {"schema": 1, "name": name, "machine": machine, "status": "ok", "exit": 0, "jobs": []}
    return f"nodes/command/{name}.json", {**told, "detail": "played by the rehearsal", "tail": ""}


def _proof(cluster: Facts, up: Sequence[str], *, done: bool) -> Facts:
    if not cluster.get("proof"):
        return {}
    if not done:
        return {"name": cluster["proof"], "status": "running", "nodes": "", "detail": "nodes are coming", "lines": []}
    lines = [f"{name}: played by the rehearsal" for name in up]
    return {"name": cluster["proof"], "status": "ok", "nodes": ",".join(up), "detail": "", "lines": lines}
