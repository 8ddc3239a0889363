"""Machines of several kinds: each instance goes to those that it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.machines.base import Instance, Machines

GKE_NODE = "goog-gke-node"


def by_cloud(google: Machines, azure: Machines) -> SharedOut:
    """Machines of both clouds, where each cloud's own are of another kind."""
    return SharedOut((google, azure), lambda instance: azure if instance.cloud == "azure" else google)


def partly_played(booted: Machines, played: Machines) -> SharedOut:
    """GKE's nodes are played also where others boot, since they boot from GKE's own images."""
    return SharedOut((booted, played), lambda instance: played if _is_gke_node(instance) else booted)


class SharedOut:
    """The `Machines` that hand each instance to those of `every` that `choose` names."""

    def __init__(self, every: tuple[Machines, ...], choose: Callable[[Instance], Machines]) -> None:
        self._every = every
        self._choose = choose

    def boot(self, instance: Instance) -> str:
        return self._choose(instance).boot(instance)

    def remove(self, instance: Instance) -> None:
        self._choose(instance).remove(instance)

    def notebook(self, instance: Instance) -> tuple[str, int] | None:
        return self._choose(instance).notebook(instance)

    def loopback(self, instance: Instance) -> str | None:
        return self._choose(instance).loopback(instance)

    def recorded(self, instance: Instance) -> tuple[str, ...]:
        return self._choose(instance).recorded(instance)

    def close(self) -> None:
        for each in self._every:
            each.close()


def _is_gke_node(instance: Instance) -> bool:
    return GKE_NODE in (instance.properties.get("labels") or {})
