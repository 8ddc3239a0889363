"""The Protocol of a state store: Terraform's state, its lock, node records and run artefacts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from cluster_provision.node import NodeRecord, NodeSummary


@dataclass(frozen=True)
class Lock:
    """Somebody's lock of the state: `created` is RFC 3339, `clear` the command that removes it.

    `id` is Terraform's own, empty where it tells none; `generation` the store's mark of this very lock.
    """

    holder: str
    created: str
    operation: str
    clear: str
    id: str = ""
    generation: str = ""

    def is_the_same_as(self, other: Lock | None) -> bool:
        """Whether it is that lock, and not one that was taken since. Where both have an id, that alone counts: on
        Azure, the state is written to the very blob that is locked."""
        if other is None:
            return False
        return self.id == other.id if self.id or other.id else self.generation == other.generation


@dataclass(frozen=True)
class Pulse:
    """A run's sign of life: its object's `name` below the deployment, what it tells, and when that was written, by the
    store's clock."""

    name: str
    written: datetime
    text: str


@dataclass(frozen=True)
class HeldInstance:
    """An instance of a resource in the state: Terraform's type, its key in `for_each`, and its attributes."""

    kind: str
    key: str
    attributes: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class StateFacts:
    """What the store holds under this cluster's name.

    `exists`: there is a state object. It holds `resources` resources, of the Terraform types in `kinds`, named
    <type>.<name> in `named`; `outputs` are the text outputs of its root module.
    `ours`: a run of this tool has claimed the place. `writer`: what wrote the state, in words.
    `zone`: where the cluster is, or was last being made; empty for none. `settled`: a Create has proven it there.
    `unfinished`: a stopped Terraform left an operation's name in the state, to wait for next time; or a run that
    changed machines was cut off.
    `instances`: all that the state holds. `version`: the state's lineage and serial, empty without a state.
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
    version: tuple[str, int] | tuple[()] = ()
    instances: tuple[HeldInstance, ...] = field(default=(), repr=False)

    def of_kind(self, kind: str) -> tuple[HeldInstance, ...]:
        """Return the instances of this Terraform type."""
        return tuple(each for each in self.instances if each.kind == kind)


@dataclass(frozen=True)
class Rights:
    """The right to write and delete objects: those `missing`, by the cloud's names, and what could not be `proven`, in
    words; empty for nothing. `told` says what was looked at."""

    told: str
    missing: tuple[str, ...] = ()
    unproven: str = ""


class Results(Protocol):
    """What commands have left: fetched from the deployment, and kept in a folder beside it, which Destroy leaves."""

    @property
    def uri(self) -> str:
        """The folder's address, with a slash at its end."""

    @property
    def source(self) -> str:
        """The deployment's address, with a slash at its end."""

    def fetch(self, name: str, target: Path) -> bool:
        """Write what is at `<deployment>/<name>` to a file; False where there is nothing."""

    def keep(self, name: str, source: Path) -> None:
        """Put a file at `name` into the folder."""

    def exist(self) -> bool:
        """Whether the folder holds anything."""


def results_folder(deployment: str) -> str:
    """The folder of the results, beside a deployment."""
    return f"{deployment.removesuffix('-deployment')}-results"


RUNS_FOLDER = "runs"
"""Below the deployment: an object of each run that is at work."""


def operation_of(instance: dict[str, Any]) -> str:
    """Return the unfinished operation that Terraform's state names in an instance of a resource; empty for none."""
    return str((instance.get("attributes") or {}).get("operation") or "")


class StateStore(Protocol):
    """One cluster's place in a bucket or container."""

    @property
    def uri(self) -> str:
        """The address of Terraform's state, for the user."""

    @property
    def deployment(self) -> str:
        """This cluster's folder within the bucket or container."""

    @property
    def container(self) -> str:
        """The bucket's or container's name."""

    @property
    def noun(self) -> str:
        """The cloud's word for it: bucket or container."""

    @property
    def setting(self) -> str:
        """The parameter that names another place."""

    def exists(self) -> bool:
        """Whether the bucket or container exists. Raises StateStoreError where it exists and can't be used."""

    def take_up(self) -> None:
        """Finish a place of the tool's own that an earlier run began to make, for a run that changes things anyway."""

    def grants_by_folder(self) -> bool:
        """Whether access to a part of the bucket or container can be granted; it must exist."""

    def prepare(self) -> bool:
        """Create the bucket or container if it is missing and the tool may make it. Returns whether it did."""

    def lock(self) -> Lock | None:
        """Return the state's lock, or None where nobody holds it."""

    def unlock(self, lock: Lock) -> bool:
        """Remove this very lock; False where none is held any more. Raises StateLocked where it is another by now."""

    def rights(self) -> Rights:
        """What can be told of the right to write and delete objects here, without changing anything."""

    def pulses(self) -> list[Pulse]:
        """The signs of life of the runs that are at work, or were when they were killed."""

    def beat(self, name: str, text: str) -> None:
        """Put a sign of life at `<deployment>/<name>`, so that no former versions of it pile up."""

    def facts(self) -> StateFacts:
        """Return what the store holds; changes nothing."""

    def claim(self, label: str, zone: str, *, settled: bool) -> None:
        """Mark the place as this tool's, with the zone, before anything is made there."""

    def claimed_at(self) -> datetime | None:
        """Return when the place was first claimed, by the store's own clock, or None."""

    def node_summaries(self) -> list[NodeSummary]:
        """Return all node records in short, by one listing."""

    def node_record(self, name: str) -> NodeRecord | None:
        """Return the whole record of one node, or None."""

    def forget_nodes(self, keep: set[str]) -> None:
        """Delete the records of nodes that are not in `keep`."""

    def upload(self, name: str, source: Path) -> None:
        """Put a file at `<deployment>/<name>`."""

    def write(self, name: str, text: str) -> None:
        """Put a text at `<deployment>/<name>`."""

    def read(self, name: str) -> str | None:
        """Return the text at `<deployment>/<name>`, or None where there is none."""

    def has(self, name: str) -> bool:
        """Whether `<deployment>/<name>` exists."""

    def remove(self, name: str) -> None:
        """Delete `<deployment>/<name>`, where it is there."""

    def delete_deployment(self) -> str:
        """Delete everything of this cluster, with old versions; then the container, if it is the tool's and empty.

        Returns what had to stay, in words; empty for nothing.
        """


@runtime_checkable
class BackendStore(StateStore, Protocol):
    """A store that Terraform keeps its state in by itself."""

    def backend(self) -> tuple[str, dict[str, str]]:
        """Return the type and the settings of Terraform's backend."""

    @property
    def results(self) -> Results:
        """What commands have left."""


class MachineStore(StateStore, Protocol):
    """A store of a cluster of machines that exist already: the tool itself takes its lock."""

    def keep_machines(self, machines: dict[str, dict[str, Any]]) -> None:
        """Write down the machines of the cluster, by name, with how each is reached."""

    def take_lock(self, lock: Lock) -> None:
        """Take the lock. Raises StateLocked where another run holds it."""
