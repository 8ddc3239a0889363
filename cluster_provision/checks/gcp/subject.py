"""The cluster on Google Cloud that the checks look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cluster_provision.clouds.gcp.catalogue import GcpCatalogue
    from cluster_provision.settings import GcpSettings
    from cluster_provision.state.base import StateFacts


@dataclass(frozen=True)
class GcpSubject:
    """The cluster that is checked: its `zone`, and the value of its `label`.

    `facts` is what its state holds already. `makes_bucket`: Create will make the default state bucket.
    """

    settings: GcpSettings
    zone: str
    label: str
    catalogue: GcpCatalogue
    facts: StateFacts
    makes_bucket: bool = False

    @property
    def region(self) -> str:
        """The zone's region: us-central1 for us-central1-a."""
        return self.zone.rpartition("-")[0]
