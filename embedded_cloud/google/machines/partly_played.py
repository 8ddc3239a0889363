"""GKE's nodes are played also where others boot, since they boot from GKE's own images."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embedded_cloud.machines.base import Instance, Machines

GKE_NODE = "goog-gke-node"


class PartlyPlayed:
    """The `Machines` that hand GKE's nodes to `played`, and every other instance to `booted`."""

    def __init__(self, booted: Machines, played: Machines) -> None:
        self._booted = booted
        self._played = played

    def boot(self, instance: Instance) -> str:
        return self._machines(instance).boot(instance)

    def remove(self, instance: Instance) -> None:
        self._machines(instance).remove(instance)

    def stop(self, instance: Instance) -> None:
        self._machines(instance).stop(instance)

    def plug(self, instance: Instance, disk: str, name: str, device: str) -> None:
        self._machines(instance).plug(instance, disk, name, device)

    def serve(self, instance: Instance, program: str, given: str) -> None:
        self._machines(instance).serve(instance, program, given)

    def drop_disk(self, volume: str) -> None:
        self._booted.drop_disk(volume)

    def notebook(self, instance: Instance) -> tuple[str, int] | None:
        return self._machines(instance).notebook(instance)

    def loopback(self, instance: Instance) -> str | None:
        return self._machines(instance).loopback(instance)

    def recorded(self, instance: Instance) -> tuple[str, ...]:
        return self._machines(instance).recorded(instance)

    def close(self) -> None:
        self._booted.close()
        self._played.close()

    def _machines(self, instance: Instance) -> Machines:
        return self._played if GKE_NODE in (instance.properties.get("labels") or {}) else self._booted
