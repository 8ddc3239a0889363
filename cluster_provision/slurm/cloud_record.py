"""What the controller of a Slurm cluster on a cloud says of the cluster in its record, under `slurm`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from cluster_provision.settings.readers.slurm.hostlist import expand_hostlist
from cluster_provision.settings.reading import BadValue

if TYPE_CHECKING:
    from collections.abc import Mapping

ProofStatus = Literal["", "running", "ok", "failed", "unknown"]

UP = frozenset({"idle", "mixed", "allocated", "completing"})
"""Nodes that jobs run on, or can."""
TAKEN_OUT = frozenset({"drained", "draining"})
"""Nodes that somebody has taken out, or a check: no start brings them back."""


@dataclass(frozen=True)
class NodeWord:
    """A node's state in a word (off, powering-up, idle, drained, down …), and Slurm's reason for it."""

    state: str
    reason: str = ""


@dataclass(frozen=True)
class Refusal:
    """What the cloud said when these nodes were asked for: its code, and its message."""

    nodes: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class ProofRecord:
    """The job that proves the nodes: `name` is the one that the description asked for, `lines` what its tasks said."""

    name: str = ""
    status: ProofStatus = ""
    nodes: tuple[str, ...] = ()
    detail: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class ClusterRecord:
    """The cluster as the controller last saw it.

    `applied` is the digest of the description that it has applied, empty before the first. `wanted` are the nodes that
    should be on; `nodes` has every node. `notes` say what could not be done on the machine, in words.
    """

    applied: str = ""
    wanted: tuple[str, ...] = ()
    nodes: Mapping[str, NodeWord] | None = None
    refusals: tuple[Refusal, ...] = ()
    proof: ProofRecord = ProofRecord()
    notes: tuple[str, ...] = ()

    def word(self, node: str) -> NodeWord:
        """A node's state; `unknown` for one that the record doesn't have."""
        return (self.nodes or {}).get(node, NodeWord("unknown"))

    @classmethod
    def from_json(cls, given: Mapping[str, Any] | None) -> ClusterRecord:
        """Read the record's part; what has another form than the documented one is left out, and so is unknown."""
        if not given:
            return cls()
        nodes: dict[str, NodeWord] = {}
        for each in given.get("nodes") or ():
            word = NodeWord(str(each.get("state") or "unknown"), str(each.get("reason") or ""))
            nodes |= dict.fromkeys(_hosts(each.get("names")), word)
        return cls(
            applied=str(given.get("applied") or ""),
            wanted=_hosts(given.get("wanted")),
            nodes=nodes,
            refusals=tuple(_refusal(each) for each in given.get("problems") or ()),
            proof=_proof(given.get("proof") or {}),
            notes=tuple(str(each) for each in given.get("notes") or ()),
        )


def _refusal(given: Mapping[str, Any]) -> Refusal:
    code, message = str(given.get("code") or ""), str(given.get("message") or "")
    return Refusal(_hosts(given.get("nodes")), ": ".join(part for part in (code, message) if part))


def _proof(given: Mapping[str, Any]) -> ProofRecord:
    status: Any = given.get("status")
    return ProofRecord(
        name=str(given.get("name") or ""),
        status=status if status in get_args(ProofStatus) else "unknown",
        nodes=_hosts(given.get("nodes")),
        detail=str(given.get("detail") or ""),
        lines=tuple(str(line) for line in given.get("lines") or ()),
    )


def _hosts(text: Any) -> tuple[str, ...]:
    try:
        return expand_hostlist(str(text)) if text else ()
    except BadValue:
        return ()
