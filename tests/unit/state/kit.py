"""A state store in memory, with a lock and the objects of runs."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cluster_provision.errors import StateLocked
from cluster_provision.state.base import RUNS_FOLDER, Lock, Pulse, StateFacts
from cluster_provision.state.identity import Identity, identity_of

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = identity_of("create", {})
ELSEWHERE = Identity(
    run="r1",
    action="create",
    host="elsewhere",
    user="ci",
    machine="m",
    boot="another",
    container="pid:[1]",
    pid=7,
    process=5,
    uid=os.getuid(),
    job="https://github.com/a/b/actions/runs/3",
    started="2026-11-30T12:00:00.000+00:00",
)
LOCK = Lock("root@elsewhere", "2026-11-30T12:00:05Z", "Apply", "clear it", "uuid-1", "11")


class Store:
    """Fulfils what of StateStore the lock's code uses. `fails` is raised by whatever is asked."""

    def __init__(self, lock: Lock | None = None) -> None:
        self.held = lock
        self.objects: dict[str, tuple[datetime, str]] = {}
        self.state = StateFacts()
        self.fails: Exception | None = None
        self.unlocked: list[Lock] = []
        self.before_unlock: Callable[[], None] = lambda: None
        self.uri = "gs://b/demo"

    def _may(self) -> None:
        if self.fails is not None:
            raise self.fails

    def exists(self) -> bool:
        return True

    def lock(self) -> Lock | None:
        self._may()
        return self.held

    def unlock(self, lock: Lock) -> bool:
        self._may()
        self.before_unlock()
        if self.held is None:
            return False
        if not lock.is_the_same_as(self.held):
            raise StateLocked("another's by now")
        self.unlocked.append(lock)
        self.held = None
        return True

    def facts(self) -> StateFacts:
        self._may()
        return self.state

    def pulses(self) -> list[Pulse]:
        self._may()
        return [Pulse(name, written, text) for name, (written, text) in self.objects.items()]

    def beat(self, name: str, text: str) -> None:
        self._may()
        self.objects[name] = (datetime.now(UTC), text)

    def remove(self, name: str) -> None:
        self._may()
        self.objects.pop(name, None)

    def add_run(
        self, action: str = "create", *, who: Identity = ELSEWHERE, beats: int = 1, lock: str = "", working: bool = True
    ) -> str:
        """The object of a run."""
        name = f"{RUNS_FOLDER}/{who.run}.json"
        run: dict[str, Any] = {**who.to_json(), "action": action}
        self.beat(name, json.dumps({"run": run, "beats": beats, "lock": lock, "working": working}))
        return name
