"""What the checks of a cluster on Google Cloud look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cluster_provision.clouds.gcp.catalogue import GcpCatalogue
    from cluster_provision.settings import GcpSettings
    from cluster_provision.state.base import StateFacts


@dataclass(frozen=True)
class GcpSubject:
    """The cluster that is checked, in `zone`, whose label's value is `label`.

    `facts` tells what its state holds already; `makes_bucket`: the default state bucket isn't there yet.
    """

    settings: GcpSettings
    zone: str
    label: str
    catalogue: GcpCatalogue
    facts: StateFacts
    makes_bucket: bool = False

    @property
    def region(self) -> str:
        """The zone's region: us-central1 of us-central1-a."""
        return self.zone.rpartition("-")[0]
