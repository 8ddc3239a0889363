"""What the checks of a cluster on Azure look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cluster_provision.clouds.azure.catalogue import AzureCatalogue, ImageFacts, Sku
    from cluster_provision.settings import AzureSettings


@dataclass(frozen=True)
class AzureSubject:
    """The cluster that is checked: `present` is how many machines it has already.

    `group_exists`: its resource group is there; `makes_group`: the group is, or will be, the tool's own.
    `makes_store`: the tool's own place for the state isn't there yet.
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
        """How many machines are still to be made."""
        return max(0, self.settings.instance_count - self.present)

    def sku(self) -> Sku | None:
        """The size as Azure describes it for this subscription in this location; None where it isn't there."""
        return self.catalogue.skus(self.settings.location).get(self.settings.sku.lower())

    def image(self) -> ImageFacts | None:
        """The image of the marketplace that IMAGE means; None where it isn't there."""
        s = self.settings
        return self.catalogue.image(s.location, s.image.publisher, s.image.offer, s.image.sku, s.image.version)
