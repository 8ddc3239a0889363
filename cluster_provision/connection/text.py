"""The last lines that a user sees: where the state is, how to connect, how the cluster is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.labels import CLUSTER_LABEL
from cluster_provision.templates import rendered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.result import Result

COLUMNS = {
    "NODE": "name",
    "ZONE": "zone",
    "PART": "part",
    "ADDRESS": "address",
    "MACHINE": "machine",
    "SET-UP": "status",
    "STEP": "step",
    "HOST": "host",
}
SLURMS = ("PART",)
CLOUDS = ("ZONE", "STEP", "NOTEBOOK", "HEALTH")
"""Columns of machines that have a part in Slurm, and of machines that a cloud makes."""


def connection_text(result: Result, following: Sequence[str] = (), *, state_title: str) -> str:
    """The connection text of a created cluster; users' scripts read its "node:url" lines.

    `following` are the commands that a user may type next, none where this run ends the cluster. `state_title` says
    what lies at the state's address.
    """
    return rendered(
        "connection.txt.j2",
        result=result,
        connection=result.connection,
        label=CLUSTER_LABEL,
        private_key=private_key_text(result),
        following=following,
        state_title=state_title,
        price=result.price,
    ).rstrip()


def private_key_text(result: Result) -> str:
    """The private key that a run has made and shows once; empty where it made none, or wrote it to a file."""
    key = result.connection.private_key
    if not key:
        return ""
    name = result.cluster.name if result.cluster else "cluster"
    return (
        "The private key of the machines, which is shown this once and kept nowhere. Write it to a file that only you "
        f"can read, and have your agent hold it:\n{key.rstrip()}\n"
        f"  umask 077; cat > {name}.key     (paste the lines above, then Ctrl-D)\n  ssh-add {name}.key"
    )


def status_text(result: Result, place: str) -> str:
    """The text of Status: a table of the nodes, and a line for each check.

    The last columns are the nodes' health where they check it, and their notebooks where they have any. The physical
    machines are shown where the cloud names them.
    """
    last = {"HEALTH": "health"} if result.health is not None else {}
    if not last or any(node.jupyter for node in result.nodes):
        last["NOTEBOOK"] = "jupyter"
    without = CLOUDS if any(node.part for node in result.nodes) else SLURMS
    without = without if any(node.host for node in result.nodes) else (*without, "HOST")
    columns = {title: each for title, each in {**COLUMNS, **last}.items() if title not in without}
    nodes = [[getattr(node, each) or "-" for each in columns.values()] for node in result.nodes]
    rows = aligned([[*columns], *nodes]) if nodes else []
    return rendered("status.txt.j2", result=result, label=CLUSTER_LABEL, place=place, rows=rows).rstrip()


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows as lines, with columns as wide as their widest cell."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in rows]
