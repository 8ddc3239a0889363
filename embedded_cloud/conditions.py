"""What the projects of the embedded cloud have and may, where that is not everything: `conditions.json` in its folder.

    {"services_off": ["file.googleapis.com"],
     "denied": ["compute.networks.create"],
     "role": ["Microsoft.Compute/skus/read"],
     "untestable": ["iap.tunnelInstances.accessViaIAP"],
     "quotas": {"us-central1": {"NVIDIA_A100_GPUS": 4, "NVIDIA_L4_GPUS": null}, "global": {"GPUS_ALL_REGIONS": 0}},
     "quota_infos": {"GPUS-PER-GPU-FAMILY-per-project-region": [{"dimensions": {"gpu_family": "NVIDIA_H100"},
                     "details": {"value": "8"}, "applicableLocations": ["us-central1"]}]},
     "machine_types": {"a2-highgpu-2g": {"zones": ["us-central1-b"], "guestCpus": 24, "deprecated": {…}}},
     "accelerator_types": {"nvidia-tesla-t4": {"zones": ["us-central1-b"]}},
     "network_profiles": {"us-central1-a-vpc-roce": {"zones": []}},
     "machines": {"vm-000001": {"starts": false, "ssh": false}, "#0": {"sick_gpus": [3]}},
     "images": {"my-images": [{"name": "tool-v1", "family": "tool", "deprecated": {"state": "DEPRECATED"}}]}}

A key that is missing leaves the cloud as it is: everything is on, allowed and there, and quotas are ample. A quota of
null is a metric that the API does not have. `role` is all that the caller may do on Azure, less what is denied. `zones`
says which zones alone have a type or profile; other keys are fields of its description. A project under `images` has
exactly these images. A machine of Azure's (`machines`, by its computer name, or by its number among those that its
scale set has ever had) may not start at all though Azure says that it runs, may have no sshd, and may have sick GPUs,
by index. The file is read again whenever it changes.
"""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

LISTS = {"services_off", "denied", "role", "untestable"}
TABLES = {"quotas", "quota_infos", "machine_types", "accelerator_types", "network_profiles", "machines", "images"}


def conditions_of(text: str) -> dict[str, Any]:
    """The conditions in a text. Raises ValueError, with what is wrong."""
    given = json.loads(text)
    if not isinstance(given, dict):
        raise ValueError("it has to be one object")
    if unknown := sorted(given.keys() - LISTS - TABLES):
        raise ValueError(f"there is no {', '.join(unknown)}; known are {', '.join(sorted(LISTS | TABLES))}")
    for names, kind, what in ((LISTS, list, "a list"), (TABLES, dict, "an object")):
        if wrong := sorted(name for name in given.keys() & names if not isinstance(given[name], kind)):
            raise ValueError(f"{', '.join(wrong)} has to be {what}")
    return given


class Conditions:
    """The conditions in `file`, which may be missing, appear later, or change."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen: tuple[int, int] | None = None
        self._given: dict[str, Any] = {}
        self._lock = threading.Lock()

    @property
    def services_off(self) -> frozenset[str]:
        """Services by their full names."""
        return frozenset(self._now().get("services_off", ()))

    @property
    def denied(self) -> frozenset[str]:
        """Permissions that the caller has not."""
        return frozenset(self._now().get("denied", ()))

    @property
    def role(self) -> frozenset[str] | None:
        """Azure's actions that the caller has, None for all."""
        found = self._now().get("role")
        return None if found is None else frozenset(found)

    @property
    def untestable(self) -> frozenset[str]:
        """Permissions that testIamPermissions doesn't take for one of a project."""
        return frozenset(self._now().get("untestable", ()))

    def quotas(self, place: str) -> dict[str, float | None]:
        """Limits by metric in a region, or `global`."""
        return dict(self._now().get("quotas", {}).get(place, {}))

    def quota_infos(self) -> dict[str, list[dict[str, Any]]]:
        """What the Cloud Quotas API tells of each quota: its `dimensionsInfos`."""
        return dict(self._now().get("quota_infos", {}))

    def described(self, kind: str, name: str) -> dict[str, Any]:
        """What is said of the machine type or accelerator type; `kind` is the key above."""
        return dict(self._now().get(kind, {}).get(name, {}))

    def machine(self, name: str, number: int | None = None) -> dict[str, Any]:
        """What is wrong with the machine of this computer name, or of this number in its scale set."""
        told = self._now().get("machines", {})
        return {**told.get(f"#{number}", {}), **told.get(name, {})}

    def images(self, project: str) -> list[dict[str, Any]] | None:
        """The project's images, None where nothing is said of them."""
        found = self._now().get("images", {}).get(project)
        return None if found is None else list(found)

    def _now(self) -> dict[str, Any]:
        with self._lock:
            try:
                stat = self._file.stat()
            except OSError:
                self._seen, self._given = None, {}
                return self._given
            if (stat.st_mtime_ns, stat.st_size) != self._seen:
                try:
                    self._given = conditions_of(self._file.read_text())
                    self._seen = (stat.st_mtime_ns, stat.st_size)
                except (ValueError, OSError):
                    pass  # half written: read again at the next call
            return self._given
