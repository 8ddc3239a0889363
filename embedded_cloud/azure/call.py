"""One call of Resource Manager, taken apart, and what all calls share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from embedded_cloud.azure.conditions import AzureConditions
    from embedded_cloud.azure.ids import Id
    from embedded_cloud.azure.operations import Operations
    from embedded_cloud.azure.storage.blob import Blobs
    from embedded_cloud.exchange import Request
    from embedded_cloud.machines.public_addresses import PublicAddresses
    from embedded_cloud.store import Body, Store


class ScaleSets(Protocol):
    """Keeps scale sets filled (machines/scale_sets.py); Resource Manager tells it what changed."""

    def changed(self, scale_set: str) -> None:
        """The scale set with this id came, is to go, or has another size."""

    def busy(self, scale_set: str) -> bool:
        """Whether machines of the scale set with this id are still on their way, up or down."""

    def failure(self, scale_set: str) -> Body | None:
        """The error of the machines that could not be had at the last attempt; None where all came."""


@dataclass(frozen=True)
class Context:
    """What all calls share."""

    store: Store
    operations: Operations
    scale_sets: ScaleSets
    blobs: Blobs
    conditions: AzureConditions
    public_addresses: PublicAddresses


@dataclass(frozen=True)
class Call:
    """`id` is the path's; `body` the request's JSON."""

    context: Context
    request: Request
    id: Id
    body: Body

    @property
    def store(self) -> Store:
        return self.context.store

    @property
    def version(self) -> str:
        return self.request.one("api-version")
