"""The embedded cloud's resources: in memory for speed, in one SQLite file so that they outlive the process."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Body = dict[str, Any]


class Store:
    """Resources by collection and id.

    A collection is a full resource name's beginning (`//compute.googleapis.com/projects/p/global/networks`), an id the
    rest. Bodies are never changed in place: `put` a new one. Callers hold `lock` around what must happen at once.

    Each change is one SQLite statement, written before the answer goes out; without waiting for the disk
    (`synchronous=OFF`), so a killed process loses nothing, a killed machine perhaps the last moments.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        self.folder = folder
        self._contents = folder / "objects"
        self._contents.mkdir(exist_ok=True)
        self._rows: dict[str, dict[str, Body]] = {}
        self._before: set[tuple[str, str]] = set()
        self._file = sqlite3.connect(folder / "store.sqlite", check_same_thread=False, isolation_level=None)
        self._file.executescript(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
            "CREATE TABLE IF NOT EXISTS resources (collection TEXT, id TEXT, body TEXT, before INTEGER,"
            " PRIMARY KEY (collection, id));"
            "CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT);"
        )
        for collection, name, body, before in self._file.execute("SELECT collection, id, body, before FROM resources"):
            self._rows.setdefault(collection, {})[name] = json.loads(body)
            if before:
                self._before.add((collection, name))
        facts = dict(self._file.execute("SELECT name, value FROM facts"))
        self._seed = facts.get("seed") or secrets.token_hex(8)
        self._count = int(facts.get("count") or 0)
        self._generation = int(facts.get("generation") or 0)
        self._fact("seed", self._seed)

    # resources

    def get(self, collection: str, name: str) -> Body | None:
        return self._rows.get(collection, {}).get(name)

    def put(self, collection: str, name: str, body: Body, *, before: bool = False) -> Body:
        """Keep `body`; `before` marks what existed before the rehearsal and is never a leftover."""
        with self.lock:
            if before:
                self._before.add((collection, name))
            self._rows.setdefault(collection, {})[name] = body
            self._file.execute(
                "INSERT OR REPLACE INTO resources VALUES (?, ?, ?, ?)",
                (collection, name, json.dumps(body), int((collection, name) in self._before)),
            )
        return body

    def delete(self, collection: str, name: str) -> None:
        with self.lock:
            self._before.discard((collection, name))
            rows = self._rows.get(collection)
            if rows and rows.pop(name, None) is not None:
                if not rows:
                    del self._rows[collection]
                self._file.execute("DELETE FROM resources WHERE collection = ? AND id = ?", (collection, name))

    def delete_below(self, full_name: str) -> None:
        """Delete what belongs to the resource `full_name`: its policy, its children."""
        for collection in [c for c in self._rows if c == full_name or c.startswith(full_name + "/")]:
            for name in list(self._rows.get(collection, ())):
                self.delete(collection, name)

    def each(self, collection: str) -> dict[str, Body]:
        """The collection's resources by id, in order."""
        with self.lock:
            return dict(sorted(self._rows.get(collection, {}).items()))

    def collections(self) -> list[str]:
        with self.lock:
            return sorted(self._rows)

    def everything(self) -> Iterator[tuple[str, str, Body, bool]]:
        """All resources: collection, id, body, and whether it existed before the rehearsal."""
        for collection in self.collections():
            for name, body in self.each(collection).items():
                yield collection, name, body, (collection, name) in self._before

    # numbers and names

    def next_id(self) -> str:
        """A new numeric id of 19 digits; this store never gives one twice."""
        with self.lock:
            self._count += 1
            self._fact("count", str(self._count))
            return str(10**18 + self.number(f"id {self._count}", 10**13) * 10**5 + self._count % 10**5)

    def number(self, what: str, below: int) -> int:
        """A number that looks random, and is the same each time for `what` in this store."""
        return int.from_bytes(hashlib.sha256(f"{self._seed} {what}".encode()).digest()[:12], "big") % below

    def next_generation(self) -> int:
        """An object's next generation: microseconds since 1970, always rising."""
        with self.lock:
            self._generation = max(self._generation + 1, time.time_ns() // 1000)
            self._fact("generation", str(self._generation))
            return self._generation

    # contents of objects

    def write_content(self, name: str, data: bytes) -> None:
        (self._contents / name).write_bytes(data)

    def read_content(self, name: str) -> bytes:
        return (self._contents / name).read_bytes()

    def drop_content(self, name: str) -> None:
        (self._contents / name).unlink(missing_ok=True)

    def close(self) -> None:
        with self.lock:
            self._file.close()

    def _fact(self, name: str, value: str) -> None:
        self._file.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))
