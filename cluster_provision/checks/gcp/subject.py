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

    `facts` is what its state holds already. `makes_bucket`: Create will make the default state bucket. `data_disk_gb`
    is the size of the controller's data disk that there is in that zone, 0 for none.
    """

    settings: GcpSettings
    zone: str
    label: str
    catalogue: GcpCatalogue
    facts: StateFacts
    makes_bucket: bool = False
    data_disk_gb: int = 0

    @property
    def region(self) -> str:
        """The zone's region: us-central1 for us-central1-a."""
        return self.zone.rpartition("-")[0]
