"""What the embedded cloud's process needs of each of its clouds (google/cloud.py, azure/cloud.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.exchange import Answer, Request
    from embedded_cloud.machines.base import Instance, Machines


class OneCloud(Protocol):
    """Its resources lie in the one store that all clouds share."""

    machines: Machines

    def knows(self, host: str) -> bool:
        """Whether the real cloud has this host."""

    def handler(self, host: str) -> Callable[[Request], Answer] | None:
        """What answers for the host; None where nothing does."""

    def instances(self) -> list[tuple[Instance, str]]:
        """Every machine, with the cloud's own word for its state."""

    def leftovers(self) -> list[str]:
        """What is left of its resources besides those in the store, as full names or addresses."""

    def expect(self, given: dict[str, Any]) -> None:
        """Take what an env file names to have been there before; nothing where it names nothing of this cloud's."""

    def start(self) -> None:
        """Go on with what a former process left."""

    def stop(self) -> None:
        """End the machines that are only played; those that booted stay."""
