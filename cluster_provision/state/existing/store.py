"""Keeps the state on the cluster's controller: what the tool must know to go on and to give the machines back.

/var/lib/cluster-provision/<cluster>/state/, which root alone can read:
  cluster.json             the mark that the cluster is this tool's, and since when
  machines.json            the machines that were given to the cluster, and how to reach them
  secrets.json             what the machines share: the key of munge, the database's password
  lock.json                the lock of the run that changes something
  journals/<machine>.json  a copy of each machine's own journal
  runs/<id>.json           written by each run that is at work, every 15 seconds
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

from cluster_provision.errors import StateLocked, StateStoreError
from cluster_provision.state.base import RUNS_FOLDER, HeldInstance, Lock, Pulse, Rights, StateFacts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cluster_provision.node import NodeRecord, NodeSummary

FOLDER = "/var/lib/cluster-provision"
MARK = "cluster.json"
MACHINES = "machines.json"
SCHEMA = 1


class Keeper(Protocol):
    """Carries out operations on the cluster's folder, in order, on the controller (node/store.py has them)."""

    def __call__(self, operations: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Returns an answer to each. Raises what keeps the controller from answering."""


class ControllerStore:
    """The store of the cluster `name`, on the machine `controller`."""

    noun = "controller"
    setting = "CONTROLLER"

    def __init__(self, keeper: Keeper, controller: str, name: str) -> None:
        self._keeper = keeper
        self._found: dict[str, str] | None = None
        self.container = controller
        self.deployment = name

    @property
    def uri(self) -> str:
        """Where it is, for the user."""
        return f"ssh://{self.container}{FOLDER}/{self.deployment}/state"

    def exists(self) -> bool:
        """A controller that answers has room for a state."""
        return True

    def take_up(self) -> None:
        """A state's place is made by the first write to it."""

    def grants_by_folder(self) -> bool:
        """Root alone reads it."""
        return False

    def prepare(self) -> bool:
        """There is nothing to make beforehand."""
        return False

    def facts(self) -> StateFacts:
        """What is written of the cluster: each of its machines is a resource."""
        mark, machines = self._read_each(MARK, MACHINES)
        found = _object(machines, MACHINES, self.uri) if machines else {}
        told = _object(mark, MARK, self.uri) if mark else {}
        held = tuple(HeldInstance("machine", name, dict(each)) for name, each in found.items())
        return StateFacts(
            exists=bool(held),
            resources=len(held),
            kinds=frozenset({"machine"} if held else ()),
            named=frozenset(f"machine.{each.key}" for each in held),
            ours=mark is not None,
            writer="" if mark is not None else "something else",
            settled=bool(told.get("settled")),
            unfinished=bool(told.get("open")),
            instances=held,
        )

    def keep_machines(self, machines: dict[str, dict[str, Any]]) -> None:
        """Write down the machines of the cluster, by name, with how each is reached."""
        self.write(MACHINES, json.dumps(machines, indent=1))

    def claim(self, label: str, zone: str, *, settled: bool) -> None:
        """Mark the place; the time of the first mark stays, and so does `settled` once it was true.

        With `settled` false, a run has begun to change something: where it is cut off, the next one knows of it.
        """
        (mark,) = self._read_each(MARK)
        told = _object(mark, MARK, self.uri) if mark else {"claimed": datetime.now(UTC).isoformat(timespec="seconds")}
        was = bool(told.get("settled"))
        self.write(
            MARK, json.dumps({**told, "schema": SCHEMA, "label": label, "open": not settled, "settled": settled or was})
        )

    def claimed_at(self) -> datetime | None:
        """When the place was first marked."""
        (mark,) = self._read_each(MARK)
        return datetime.fromisoformat(_object(mark, MARK, self.uri)["claimed"]) if mark else None

    def lock(self) -> Lock | None:
        """The lock of the run that changes something."""
        (answer,) = self._keeper([{"do": "read lock"}])
        held = answer.get("held")
        return self._lock_of(held) if held else None

    def take_lock(self, lock: Lock) -> None:
        """Take the lock. Raises StateLocked where another run holds it."""
        (answer,) = self._keeper([{"do": "lock", "lock": asdict(lock)}])
        if held := answer.get("held"):
            other = self._lock_of(held)
            raise StateLocked(
                f"the state of {self.deployment} is locked by {other.holder} since {other.created}",
                "Wait for that run to end; `Unlock` looks whether it still lives.",
            )

    def unlock(self, lock: Lock) -> bool:
        """Remove this very lock. Raises StateLocked where it is another's by now."""
        (answer,) = self._keeper([{"do": "unlock", "id": lock.id}])
        if held := answer.get("held"):
            raise StateLocked(f"the lock was taken by {self._lock_of(held).holder} meanwhile; it is left alone")
        return bool(answer.get("removed"))

    def rights(self) -> Rights:
        """Whoever reads the folder, as root, may write it."""
        self._read_each(MARK)
        return Rights(f"{FOLDER}/{self.deployment} on {self.container}, as root")

    def pulses(self) -> list[Pulse]:
        """The signs of life, with their time by the controller's clock set right by this machine's."""
        (answer,) = self._keeper([{"do": "list", "under": RUNS_FOLDER, "texts": True}])
        now = datetime.now(UTC)
        return [
            Pulse(each["name"], datetime.fromtimestamp(now.timestamp() - each["age"], UTC), each["text"])
            for each in answer["files"]
        ]

    def beat(self, name: str, text: str) -> None:
        """Put a sign of life."""
        self.write(name, text)

    def node_summaries(self) -> list[NodeSummary]:
        """Machines that exist already write no records: they are looked at."""
        return []

    def node_record(self, name: str) -> NodeRecord | None:
        """There is none."""
        return None

    def forget_nodes(self, keep: set[str]) -> None:
        """There are none."""

    def upload(self, name: str, source: Path) -> None:
        """Put a file's text."""
        self.write(name, source.read_text(encoding="utf-8", errors="replace"))

    def write(self, name: str, text: str) -> None:
        """Put a text, which root alone can read."""
        self._keeper([{"do": "write", "name": name, "text": text}])

    def read(self, name: str) -> str | None:
        """The text, None where there is none."""
        return self._read_each(name)[0]

    def read_each(self, names: Sequence[str]) -> list[str | None]:
        """The texts, in the order of the names."""
        return self._read_each(*names) if names else []

    def write_each(self, texts: Mapping[str, str]) -> None:
        """Put several texts, by name."""
        if texts:
            self._keeper([{"do": "write", "name": name, "text": text} for name, text in texts.items()])

    def has(self, name: str) -> bool:
        """Whether it is there."""
        return self.read(name) is not None

    def remove(self, name: str) -> None:
        """Delete it, where it is there."""
        self._keeper([{"do": "remove", "name": name}])

    def remove_each(self, names: Sequence[str]) -> None:
        """Delete several texts, those that are there."""
        if names:
            self._keeper([{"do": "remove", "name": name} for name in names])

    def delete_deployment(self) -> str:
        """Delete the whole state."""
        (answer,) = self._keeper([{"do": "remove all"}])
        return str(answer.get("kept") or "")

    def _read_each(self, *names: str) -> list[str | None]:
        return [each.get("text") for each in self._keeper([{"do": "read", "name": name} for name in names])]

    def _lock_of(self, held: dict[str, Any]) -> Lock:
        told = Lock(
            holder=str(held.get("holder", "")),
            created=str(held.get("created", "")),
            operation=str(held.get("operation", "")),
            clear="",
            id=str(held.get("id", "")),
        )
        return replace(told, clear=f"sudo rm {FOLDER}/{self.deployment}/state/lock.json   (on {self.container})")


def _object(text: str, name: str, uri: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise StateStoreError(
            f"{name} in {uri} can't be understood: it is cut off, or something else wrote it",
            "Look at it on the controller. Each machine has a journal of its own beside it, by which it is given back.",
        )
    return found
