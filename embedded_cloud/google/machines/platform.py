"""What is Compute Engine's own about machines that boot as containers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_cloud.google.machines.box import box_of
from embedded_cloud.google.machines.metadata import Metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from embedded_cloud.exchange import Answer, Request
    from embedded_cloud.machines.base import Instance
    from embedded_cloud.machines.box import Box

BOOT_ERROR = "INTERNAL_ERROR"


class GooglePlatform:
    """The `Platform` of Compute Engine's instances. `current` finds one's metadata as it is now, None where it is
    gone."""

    boot_error = BOOT_ERROR

    def __init__(
        self,
        current: Callable[[Instance], dict[str, str] | None] = lambda instance: None,
        os_login: Callable[[str, str], str | None] = lambda path, policy: None,
    ) -> None:
        self._metadata = Metadata(current, os_login)

    def box(self, instance: Instance, condition: Mapping[str, Any]) -> Box:
        return box_of(instance, condition)

    def private_domain(self, instance: Instance) -> str:
        return ""

    def metadata(self, instance: Instance, address: str, request: Request) -> Answer:
        return self._metadata.answer(instance, address, request)
