"""The keys of slurm.conf, cgroup.conf and gres.conf, and the plug-ins, by release. keys.toml names its source."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from cluster_provision.settings.edit_distance import edits

NUMBERS = ("uint16", "uint32", "uint64", "long", "float")
_FILES = {"slurm_conf": "slurm.conf", "cgroup_conf": "cgroup.conf", "gres_conf": "gres.conf"}


@dataclass(frozen=True)
class Span:
    """Releases as text: the first and the last that have something, empty for no bound.

    From `defunct` on, Slurm only logs an error about it.
    """

    since: str = ""
    until: str = ""
    defunct: str = ""

    def holds(self, release: str) -> bool:
        """Whether the release has it; one that is newer than all that we know has what the newest has."""
        return self.since <= release and (not self.until or release <= self.until)

    def logs_error(self, release: str) -> bool:
        """Whether the release has it no more, and says so in its log alone."""
        return bool(self.defunct) and self.defunct <= release

    def __str__(self) -> str:
        if self.since and self.until:
            return f"{self.since} to {self.until}"
        return (
            f"{self.since} and later" if self.since else f"{self.until} and earlier" if self.until else "every release"
        )


@dataclass(frozen=True)
class Key:
    """A key as Slurm spells it, the file that it belongs to, and the kind of its value."""

    name: str
    file: str
    kind: str
    span: Span


def find_key(name: str) -> Key | None:
    """Return the key of this name, whatever its case, as Slurm compares them; slurm.conf's before the other files'."""
    return _keys().get(name.lower())


def releases() -> tuple[str, ...]:
    """The releases that keys.toml knows, the oldest first."""
    return tuple(_table()["releases"])


def nearest_key(name: str) -> str:
    """Return the key of slurm.conf that resembles `name` most, empty where none does."""
    word = name.lower()
    candidates = [key.name for key in _keys().values() if key.file == "slurm.conf"]
    nearest = min(candidates, key=lambda each: edits(each.lower(), word))
    return nearest if edits(nearest.lower(), word) <= max(1, min(4, len(word) // 3)) else ""


def plugins(key: str) -> tuple[str, dict[str, Span]]:
    """Return the family of plug-ins that the key's value names, such as select, and each with its releases."""
    table = _table()["plugins"].get(key)
    if not table:
        return "", {}
    return table["family"], {name: _span(text) for name, text in table.items() if name != "family"}


@cache
def _keys() -> dict[str, Key]:
    found: dict[str, Key] = {}
    for table, file in _FILES.items():
        for name, text in _table()[table].items():
            kind, _, _ = text.partition(" ")
            found.setdefault(name.lower(), Key(name, file, kind, _span(text)))
    return found


def _span(text: str) -> Span:
    words = text.split()
    return Span(**{word: words[at + 1] for at, word in enumerate(words) if word in {"since", "until", "defunct"}})


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads((resources.files(__package__) / "keys.toml").read_text(encoding="utf-8"))
