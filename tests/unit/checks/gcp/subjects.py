"""What is checked: a cluster's settings, and the machines that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from cluster_provision.checks.gcp.subject import GcpSubject
from cluster_provision.clouds.gcp.catalogue import MachineFacts
from cluster_provision.settings import GcpSettings
from cluster_provision.state.base import StateFacts

if TYPE_CHECKING:
    from cluster_provision.clouds.gcp.catalogue import GcpCatalogue

ZONE, REGION = "us-central1-a", "us-central1"
FACTS = {
    "a2-highgpu-2g": MachineFacts(24, 170, (("nvidia-tesla-a100", 2),)),
    "a2-ultragpu-1g": MachineFacts(12, 170, (("nvidia-a100-80gb", 1),), local_ssds=1),
    "a3-highgpu-8g": MachineFacts(208, 1872, (("nvidia-h100-80gb", 8),), local_ssds=16),
    "a4x-highgpu-4g": MachineFacts(140, 884, (("nvidia-gb200", 4),), local_ssds=4),
    "n1-standard-8": MachineFacts(8, 30),
}


class Catalogue:
    """Knows FACTS, and the machines that are there."""

    def __init__(self, *present: tuple[str, str]) -> None:
        self._present = present

    def machine_type(self, _: str, name: str) -> MachineFacts | None:
        return FACTS.get(name)

    def cluster_machines(self, _: str) -> tuple[tuple[str, str], ...]:
        return self._present


def subject(*present: tuple[str, str], kinds: tuple[str, ...] = (), **settings: Any) -> GcpSubject:
    given = {"project_id": "p-123456", "name_prefix": "demo", "zone": (ZONE,), **settings}
    facts = StateFacts(exists=True, resources=len(present) + len(kinds), kinds=frozenset(kinds))
    return GcpSubject(GcpSettings(**given), ZONE, "abc123", cast("GcpCatalogue", Catalogue(*present)), facts)
