"""Google's part of `conditions.json` (../conditions.py).

    {"untestable": ["iap.tunnelInstances.accessViaIAP"],
     "quota_infos": {"GPUS-PER-GPU-FAMILY-per-project-region": [{"dimensions": {"gpu_family": "NVIDIA_H100"},
                     "details": {"value": "8"}, "applicableLocations": ["us-central1"]}]},
     "machine_types": {"a2-highgpu-2g": {"zones": ["us-central1-b"], "guestCpus": 24, "deprecated": {…}}},
     "accelerator_types": {"nvidia-tesla-t4": {"zones": ["us-central1-b"]}},
     "network_profiles": {"us-central1-a-vpc-roce": {"zones": []}},
     "images": {"my-images": [{"name": "tool-v1", "family": "tool", "deprecated": {"state": "DEPRECATED"}}]}}

`zones` says which zones alone have a type or profile; other keys are fields of its description. A machine type or
accelerator type that is named here exists, also where no table knows it. A project under `images` has exactly these
images.
"""

from __future__ import annotations

from typing import Any

from embedded_cloud.conditions import Conditions, Keys

KEYS = Keys(
    lists=frozenset({"untestable"}),
    tables=frozenset({"quota_infos", "machine_types", "accelerator_types", "network_profiles", "images"}),
)


class GoogleConditions(Conditions):
    """The conditions of Google's projects."""

    @property
    def untestable(self) -> frozenset[str]:
        """Permissions that testIamPermissions doesn't take for one of a project."""
        return frozenset(self.file.read().get("untestable", ()))

    def quota_infos(self) -> dict[str, list[dict[str, Any]]]:
        """The `dimensionsInfos` of each quota, as the Cloud Quotas API lists them."""
        return dict(self.file.read().get("quota_infos", {}))

    def described(self, key: str, name: str) -> dict[str, Any]:
        """The description of a machine type, accelerator type or network profile; `key` is one of the keys above."""
        return dict(self.file.read().get(key, {}).get(name, {}))

    def images(self, project: str) -> list[dict[str, Any]] | None:
        """The project's images; None where the file doesn't list them."""
        found = self.file.read().get("images", {}).get(project)
        return None if found is None else list(found)
