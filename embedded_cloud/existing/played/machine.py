"""A played machine: its folder, what is told of it, and what changes on it besides files.

`<folder>/machine.json` is what it is made of, `state.json` what systemd, Slurm and the rest remember, `root/` its own
file system. The folders of the other machines lie beside it, and `conditions.json` beside the folder of them all.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOLD, STATE = "machine.json", "state.json"
TOOLS = "10.213.0.1"  # the address that machines see the tool come from


class PlayedMachine:
    """The machine in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "root"

    @cached_property
    def told(self) -> dict[str, Any]:
        """What it is, as new_machine.py has it (name, address, release, …), and what is so by the conditions now."""
        made = dict(json.loads((self.folder / TOLD).read_text(encoding="utf-8")))
        return {**made, **_conditions(self.folder.parents[1] / "conditions.json", str(made["name"]))}

    @property
    def name(self) -> str:
        return str(self.told["name"])

    @property
    def is_on(self) -> bool:
        return self.told.get("starts") is not False

    def others(self) -> list[PlayedMachine]:
        """All machines but this one, by name."""
        beside = sorted(each.parent for each in self.folder.parent.glob(f"*/{TOLD}"))
        return [PlayedMachine(each) for each in beside if each != self.folder]

    @cached_property
    def resolved(self) -> dict[str, str]:
        """What a name server would say of the other machines: addresses by name."""
        return {name: str(each.told["address"]) for each in self.others() for name in each.told["resolves"]}

    def path(self, absolute: str) -> Path:
        """Where a path of the machine's really is."""
        return self.root / absolute.lstrip("/")

    def read(self, absolute: str) -> str:
        """A file's text, empty where there is none."""
        try:
            return self.path(absolute).read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, NotADirectoryError):
            return ""

    def write(self, absolute: str, text: str) -> None:
        file = self.path(absolute)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    @property
    def state(self) -> dict[str, Any]:
        """What it remembers, as of now; `changing` is for changes."""
        try:
            return dict(json.loads((self.folder / STATE).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return {}

    @contextlib.contextmanager
    def changing(self) -> Iterator[dict[str, Any]]:
        """The state, which is written at the end of the block; nobody else changes it meanwhile."""
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            state = self.state
            yield state
            part = self.folder / f"{STATE}.part"
            part.write_text(json.dumps(state), encoding="utf-8")
            part.replace(self.folder / STATE)


def _conditions(file: Path, name: str) -> dict[str, Any]:
    """What ../conditions.py reads of a machine; nothing of a file that is half written, or that holds none."""
    try:
        given = json.loads(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return {**given.get("existing", {}), **given.get("machines", {}).get(name, {})}
