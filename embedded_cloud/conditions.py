"""What projects and subscriptions have and may, where that is not everything: `conditions.json` in the cloud's folder.

    {"services_off": ["file.googleapis.com"],
     "denied": ["compute.networks.create"],
     "quotas": {"us-central1": {"NVIDIA_A100_GPUS": 4, "NVIDIA_L4_GPUS": null}, "global": {"GPUS_ALL_REGIONS": 0}},
     "machines": {"vm-000001": {"starts": false, "ssh": false}, "#0": {"sick_gpus": [3]}}}

These keys are for both clouds; google/conditions.py and azure/conditions.py describe their own. A key that is missing
leaves the cloud as it is: everything is on and allowed, and quotas are ample. A quota of null is a metric that the API
does not have. `denied` are permissions or actions that the caller has not. `machines` are named by their computer
names, or by their numbers among those that a scale set has ever had. One of them may not start at all though the cloud
says that it runs; `sick_gpus` are GPUs that its checks find sick, by index. The file is read again whenever it changes.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Keys:
    """The keys that the file may have: those of `lists` hold a list, those of `tables` an object."""

    lists: frozenset[str]
    tables: frozenset[str]

    def __or__(self, other: Keys) -> Keys:
        return Keys(self.lists | other.lists, self.tables | other.tables)


SHARED = Keys(frozenset({"denied", "services_off"}), frozenset({"quotas", "machines"}))


def conditions_of(text: str, keys: Keys) -> dict[str, Any]:
    """The conditions in a text. Raises ValueError, with what is wrong."""
    given = json.loads(text)
    if not isinstance(given, dict):
        raise ValueError("it has to be one object")
    every = keys.lists | keys.tables
    if unknown := sorted(given.keys() - every):
        raise ValueError(f"there is no {', '.join(unknown)}; known are {', '.join(sorted(every))}")
    for names, kind, what in ((keys.lists, list, "a list"), (keys.tables, dict, "an object")):
        if wrong := sorted(name for name in given.keys() & names if not isinstance(given[name], kind)):
            raise ValueError(f"{', '.join(wrong)} has to be {what}")
    return given


class ConditionsFile:
    """Reads `file`, which may be missing, appear later, or change; `keys` are all that it may have."""

    def __init__(self, file: Path, keys: Keys) -> None:
        self._file = file
        self._keys = keys
        self._seen: tuple[int, int] | None = None
        self._given: dict[str, Any] = {}
        self._lock = threading.Lock()

    def read(self) -> dict[str, Any]:
        """What the file says now; where it can't be read, what it said last."""
        with self._lock:
            try:
                stat = self._file.stat()
            except OSError:
                self._seen, self._given = None, {}
                return self._given
            if (stat.st_mtime_ns, stat.st_size) != self._seen:
                try:
                    self._given = conditions_of(self._file.read_text(), self._keys)
                    self._seen = (stat.st_mtime_ns, stat.st_size)
                except (ValueError, OSError):
                    pass  # half written: read again at the next call
            return self._given


class Conditions:
    """The conditions that are for both clouds."""

    def __init__(self, file: ConditionsFile) -> None:
        self.file = file

    @property
    def services_off(self) -> frozenset[str]:
        """Services, or resource providers, by their full names."""
        return frozenset(self.file.read().get("services_off", ()))

    @property
    def denied(self) -> frozenset[str]:
        """Permissions that the caller has not."""
        return frozenset(self.file.read().get("denied", ()))

    def quotas(self, place: str) -> dict[str, float | None]:
        """Limits by metric in a region, or `global`."""
        return dict(self.file.read().get("quotas", {}).get(place, {}))

    def machine(self, name: str, number: int | None = None) -> dict[str, Any]:
        """What is wrong with the machine of this computer name, or of this number in its scale set."""
        machines = self.file.read().get("machines", {})
        return {**machines.get(f"#{number}", {}), **machines.get(name, {})}
