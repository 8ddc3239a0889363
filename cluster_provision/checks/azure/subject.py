"""The cluster on Azure that the checks look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.checks.azure.demand import Demand

if TYPE_CHECKING:
    from cluster_provision.clouds.azure.catalogue import AzureCatalogue, ImageFacts, Sku
    from cluster_provision.settings import AzureSettings


@dataclass(frozen=True)
class AzureSubject:
    """The cluster that is checked. `present`: the number of machines that it has already.

    `demands` are its machines; empty for a scale set, whose machines follow from the settings. `slurm`: Slurm makes the
    nodes. `group_exists`: its resource group exists. `makes_group`: the tool made the group, or will make it.
    `makes_store`: Create will make the tool's own storage for the state.
    """

    settings: AzureSettings
    catalogue: AzureCatalogue
    present: int = 0
    group_exists: bool = False
    makes_group: bool = True
    makes_store: bool = False
    demands: tuple[Demand, ...] = ()
    slurm: bool = False

    @property
    def machines(self) -> tuple[Demand, ...]:
        """Its machines, by what they are."""
        s = self.settings
        to_make = max(0, s.instance_count - self.present)
        spot = s.provisioning_model == "spot"
        return self.demands or (Demand("machines", "SKU", s.sku, s.instance_count, s.instance_count, to_make, spot),)

    def sku(self, name: str) -> Sku | None:
        """Return Azure's description of a size in this location for this subscription, or None."""
        return self.catalogue.skus(self.settings.location).get(name.lower())

    def image(self) -> ImageFacts | None:
        """Return the marketplace image that IMAGE means, or None where it doesn't exist."""
        s = self.settings
        return self.catalogue.image(s.location, s.image.publisher, s.image.offer, s.image.sku, s.image.version)
