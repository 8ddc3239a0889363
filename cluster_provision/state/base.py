"""What every state store does: Terraform's state, its lock, node records and run artefacts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from cluster_provision.node import NodeRecord, NodeSummary


@dataclass(frozen=True)
class Lock:
    """Somebody's lock of the state: `created` is RFC 3339, `clear` the command that removes it."""

    holder: str
    created: str
    operation: str
    clear: str


@dataclass(frozen=True)
class HeldInstance:
    """An instance of a resource that the state holds: Terraform's type, its key in `for_each`, and its attributes."""

    kind: str
    key: str
    attributes: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class StateFacts:
    """What lies there under this cluster's name.

    `exists`: a state object is there; `resources`: how many it holds, of which `kinds` (Terraform's
    types), and `named` as <type>.<name>; `ours`: a run of this tool has claimed the place; `writer`: what wrote the
    state, in words; `zone`: the one that the cluster stands in or was being made in last, empty for none; `settled`:
    a Create has proven it there; `outputs`: the texts among the root module's outputs; `unfinished`: a Terraform that
    was stopped left the name of an operation in it, to wait for next time; `instances`: all that it holds.
    """

    exists: bool = False
    resources: int = 0
    kinds: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    ours: bool = False
    writer: str = ""
    zone: str = ""
    settled: bool = False
    outputs: dict[str, str] = field(default_factory=dict)
    unfinished: bool = False
    instances: tuple[HeldInstance, ...] = field(default=(), repr=False)

    def of_kind(self, kind: str) -> tuple[HeldInstance, ...]:
        """The instances of this Terraform type."""
        return tuple(each for each in self.instances if each.kind == kind)


def operation_of(instance: dict[str, Any]) -> str:
    """The operation that an instance of a resource, as Terraform's state holds it, is to wait for; empty for none."""
    return str((instance.get("attributes") or {}).get("operation") or "")


class StateStore(Protocol):
    """One cluster's place in a bucket or container."""

    @property
    def uri(self) -> str:
        """Where Terraform's state lies, for the user."""

    @property
    def deployment(self) -> str:
        """This cluster's folder within the bucket or container."""

    @property
    def container(self) -> str:
        """The bucket's or container's name."""

    @property
    def noun(self) -> str:
        """What it is called on its cloud: a bucket, a container."""

    @property
    def setting(self) -> str:
        """The parameter that names another place."""

    def exists(self) -> bool:
        """Whether the bucket or container is there; raises StateStoreError where it is and can't be used."""

    def grants_by_folder(self) -> bool:
        """Whether access to a part of the bucket or container can be granted; it has to exist."""

    def prepare(self) -> bool:
        """Create the bucket or container when it is missing and may be made; whether it was."""

    def backend(self) -> tuple[str, dict[str, str]]:
        """Terraform's backend: its type and its settings."""

    def lock(self) -> Lock | None:
        """Who holds the state's lock, None where nobody does."""

    def facts(self) -> StateFacts:
        """What is there; changes nothing."""

    def claim(self, label: str, zone: str, *, settled: bool) -> None:
        """Note that this place is used by this tool, and which zone the cluster is in, before it is made there."""

    def claimed_at(self) -> datetime | None:
        """When the place was claimed first, by the store's own clock; None where it isn't."""

    def node_summaries(self) -> list[NodeSummary]:
        """One listing of the node records."""

    def node_record(self, name: str) -> NodeRecord | None:
        """The whole record of one node."""

    def forget_nodes(self, keep: set[str]) -> None:
        """Delete the records of nodes that are not in `keep`."""

    def upload(self, name: str, source: Path) -> None:
        """Put a file at `<deployment>/<name>`."""

    def write(self, name: str, text: str) -> None:
        """Put a text at `<deployment>/<name>`."""

    def read(self, name: str) -> str | None:
        """The text at `<deployment>/<name>`, None where there is none."""

    def has(self, name: str) -> bool:
        """Whether `<deployment>/<name>` is there."""

    def delete_deployment(self) -> str:
        """Delete everything of this cluster, old versions too, and the container where it was made by
        this tool and nothing else is left in it. Returns what had to stay, in words; empty for nothing."""
