"""Machines of both clouds, where each cloud's own are of another kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .base import Instance, Machines


class ByCloud:
    """The `Machines` that hand each instance to those of its cloud."""

    def __init__(self, clouds: Mapping[str, Machines]) -> None:
        self._clouds = clouds

    def boot(self, instance: Instance) -> str:
        return self._clouds[instance.cloud].boot(instance)

    def remove(self, instance: Instance) -> None:
        self._clouds[instance.cloud].remove(instance)

    def notebook(self, instance: Instance) -> tuple[str, int] | None:
        return self._clouds[instance.cloud].notebook(instance)

    def loopback(self, instance: Instance) -> str | None:
        return self._clouds[instance.cloud].loopback(instance)

    def recorded(self, instance: Instance) -> tuple[str, ...]:
        return self._clouds[instance.cloud].recorded(instance)

    def close(self) -> None:
        for each in self._clouds.values():
            each.close()
