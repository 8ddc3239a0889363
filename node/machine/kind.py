"""What the kinds of resources of a plan (cluster_provision/slurm/plan.py) have in common.

Each kind turns a machine into JSON states and back: what is there, what is to be there. So giving back is putting the
state that was there before.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, ClassVar

from node.machine.files import ABSENT, Json
from node.machine.programs import Failure, call

if TYPE_CHECKING:
    from collections.abc import Callable


class Left(Exception):
    """Why something stays for good."""


class Kept(Left):
    """Data, which nobody asked to delete."""


class Context:
    """What resources know of each other. `journal` is apply.py's, which lies in `folder`, and which `save` writes;
    `units` are systemd's as last seen, by name; `kept` are the paths of data that stay."""

    def __init__(
        self, plan: list[Json], journal: Json, folder: str, delete_data: bool, save: Callable[[], None]
    ) -> None:
        self.plan, self.journal, self.folder, self.delete_data, self.save = plan, journal, folder, delete_data, save
        self.units: dict[str, dict[str, str]] = {}
        self.kept: list[str] = []

    def entry(self, r: Json) -> Json | None:
        """Return what the journal has of a resource."""
        found: Json | None = self.journal["entries"].get(key(r))
        return found

    def unit(self, name: str) -> dict[str, str]:
        """Return a unit's properties; all of the plan's are asked for at once."""
        if name not in self.units:
            names = list(dict.fromkeys([name, *(r["name"] for r in self.plan if r["kind"] == "service")]))
            asked = "--property=LoadState,ActiveState,UnitFileState,NeedDaemonReload"
            said = call("systemctl", "show", asked, "--", *names).strip("\n").split("\n\n")
            read = [dict(line.split("=", 1) for line in block.splitlines() if "=" in line) for block in said]
            if len(read) != len(names):
                raise Failure(f"systemctl shows {len(read)} units of {len(names)}")
            self.units.update(zip(names, read))
        return self.units[name]


class Kind:
    """A kind of resource, which has the fields `r`."""

    ours: ClassVar[tuple[str, ...]] = ()
    """The parts of a state that nobody else should change."""

    def __init__(self, context: Context, r: Json) -> None:
        self.context, self.r = context, r

    def look(self) -> Json:
        """Return what is there."""
        raise NotImplementedError

    def goal(self, now: Json) -> Json:
        """Return what is to be there. Raises Failure for what the machine has otherwise and we may not change."""
        raise NotImplementedError

    def put(self, now: Json, goal: Json) -> None:
        """Lead from one state to the other."""
        raise NotImplementedError

    def begin(self, entry: Json) -> None:
        """Note more in the journal before a change."""

    def finish(self, entry: Json) -> None:
        """Do what a change that was killed has left to do."""

    def undo(self, entry: Json, now: Json) -> None:
        """Lead back. Raises Left where something stays, or Failure where it has to be tried again."""
        self.put(now, entry["before"])

    def detail(self, now: Json, goal: Json) -> str:
        """Return in words what has to be done; empty where nothing has."""
        if now == ABSENT:
            return "is made"
        parts = [part for part in goal if now.get(part) != goal[part]]
        return ", ".join(f"{p} changed" if p in ("data", "block") else f"{p} {now.get(p)} → {goal[p]}" for p in parts)

    def diff(self, now: Json, goal: Json) -> str:
        return ""

    def digest(self, state: Json) -> str:
        """Return a digest of what nobody else should change."""
        return hashlib.sha256(json.dumps([state.get(part) for part in self.ours]).encode()).hexdigest()

    def kept(self) -> Json:
        """Return the fields that undo needs, none of which is secret."""
        return {k: v for k, v in self.r.items() if k not in ("content", "lines", "argv", "unless", "input")}


def key(r: Json) -> str:
    """Return the name by which the journal knows a resource."""
    if r["kind"] == "packages":
        return "packages"  # all of them are one thing to give back
    named = {"file": "path", "folder": "path", "block": "path", "mount": "target", "sysctl": "key"}
    return f"{r['kind']} {r[named.get(r['kind'], 'name')]}" + (f" {r['name']}" if r["kind"] == "block" else "")
