"""The cluster on Azure that the checks look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cluster_provision.clouds.azure.catalogue import AzureCatalogue, ImageFacts, Sku
    from cluster_provision.settings import AzureSettings


@dataclass(frozen=True)
class AzureSubject:
    """The cluster that is checked. `present`: the number of machines that it has already.

    `group_exists`: its resource group exists. `makes_group`: the tool made the group, or will make it.
    `makes_store`: Create will make the tool's own storage for the state.
    """

    settings: AzureSettings
    catalogue: AzureCatalogue
    present: int = 0
    group_exists: bool = False
    makes_group: bool = True
    makes_store: bool = False

    @property
    def spot(self) -> bool:
        """Whether the machines are Spot machines, which count on a quota of their own."""
        return self.settings.provisioning_model == "spot"

    @property
    def to_make(self) -> int:
        """The number of machines still to be made."""
        return max(0, self.settings.instance_count - self.present)

    def sku(self) -> Sku | None:
        """Return Azure's description of the size in this location for this subscription, or None."""
        return self.catalogue.skus(self.settings.location).get(self.settings.sku.lower())

    def image(self) -> ImageFacts | None:
        """Return the marketplace image that IMAGE means, or None where it doesn't exist."""
        s = self.settings
        return self.catalogue.image(s.location, s.image.publisher, s.image.offer, s.image.sku, s.image.version)
