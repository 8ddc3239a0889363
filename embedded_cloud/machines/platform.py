"""What is particular to one cloud's machines; each cloud implements it, and machines/ knows no cloud."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from embedded_cloud.exchange import Answer, Request
    from embedded_cloud.machines.base import Instance
    from embedded_cloud.machines.box import Box


class Platform(Protocol):
    """One cloud's machines."""

    @property
    def boot_error(self) -> str:
        """The code of the error of a machine that the engine could not boot."""

    def box(self, instance: Instance, condition: Mapping[str, Any]) -> Box:
        """What the machine's container is made from; `condition` is what conditions.json says is wrong with it."""

    def private_domain(self, instance: Instance) -> str:
        """The domain within which the name server knows machines; empty where the engine itself knows their names."""

    def metadata(self, instance: Instance, address: str, request: Request) -> Answer:
        """The answer of the metadata server to the machine, which has `address` on the cluster's network."""


@dataclass(frozen=True)
class Asker:
    """A machine that asks the metadata server or the name server, and its address on the cluster's network."""

    instance: Instance
    address: str
    platform: Platform
