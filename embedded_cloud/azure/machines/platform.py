"""What is Azure's own about machines that boot as containers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_cloud.azure.machines import metadata
from embedded_cloud.azure.machines.box import box_of, domain_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from embedded_cloud.exchange import Answer, Request
    from embedded_cloud.machines.base import Instance
    from embedded_cloud.machines.box import Box

BOOT_ERROR = "InternalExecutionError"


class AzurePlatform:
    """The `Platform` of virtual machines in scale sets."""

    boot_error = BOOT_ERROR

    def box(self, instance: Instance, condition: Mapping[str, Any]) -> Box:
        return box_of(instance, condition)

    def private_domain(self, instance: Instance) -> str:
        return domain_of(instance)

    def metadata(self, instance: Instance, address: str, request: Request) -> Answer:
        return metadata.answer(instance, address, request)
