"""One call of Resource Manager, parsed, and what all calls share."""

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
    """Keeps scale sets filled (machines/reconcile.py); Resource Manager reports every change to it."""

    def changed(self, scale_set: str) -> None:
        """Call it when the scale set with this id was made, is to be deleted, or has another size."""

    def busy(self, scale_set: str) -> bool:
        """Whether machines of the scale set with this id are still starting or ending."""

    def failure(self, scale_set: str) -> Body | None:
        """The error of the machines that failed to start at the last attempt; None where all of them started."""

    def password_is_set(self, principal: str, given: str) -> None:
        """Call it when a machine's identity has set a database server's password; `given` has the server's name, the
        user and the password, one a line. The machine stands in for the server."""

    def disk_is_gone(self, volume: str) -> None:
        """Call it when a disk that was attached to a machine has been deleted; `volume` has what was on it."""


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
    """`id` is the resource in the path; `body` the JSON of the request."""

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
