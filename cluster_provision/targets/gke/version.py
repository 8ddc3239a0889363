"""Which version of Kubernetes a cluster is asked for, so that a later Create changes it where the user wants that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cluster_provision.clouds.gcp.gke import GkeCluster, Versions

CHANNELS = ("REGULAR", "RAPID", "EXTENDED", "STABLE")
"""In the order in which they are looked through for a version."""

WITHOUT_CHANNEL = "UNSPECIFIED"
SHOWN = 6


@dataclass(frozen=True)
class Asked:
    """`version` is in full, or empty for the channel's default."""

    version: str
    channel: str


def asked_before(outputs: Mapping[str, str], cluster: GkeCluster | None) -> Asked | None:
    """What Terraform was given last, None for a cluster that isn't there."""
    if cluster is None:
        return None
    version = outputs.get("kubernetes_version", cluster.first_version)
    return Asked(version, outputs.get("release_channel") or cluster.channel or CHANNELS[0])


def choose_version(
    wanted: str, offered: Callable[[], Versions], cluster: GkeCluster | None, before: Asked | None
) -> Asked:
    """What to ask for. `wanted` is GKE_VERSION: latest, - (the default), or a version's beginning. `offered` looks up
    the location's versions, and is asked only where they decide.

    A cluster that is there keeps what it was asked for, unless a version is named that its control plane has not
    reached. Raises SettingsError for one that isn't offered.
    """
    if cluster is not None and before is not None:
        if wanted in ("latest", "-") or _reached(cluster.version, wanted):
            return before
        return Asked(_newest(wanted, offered(), (before.channel,)).version, before.channel)
    if wanted == "-":
        return Asked("", CHANNELS[0])
    if wanted == "latest":
        return Asked(_of(offered(), CHANNELS[0])[0], CHANNELS[0])
    return _newest(wanted, offered(), CHANNELS)


def _newest(wanted: str, versions: Versions, channels: tuple[str, ...]) -> Asked:
    for channel in channels:
        fits = [each for each in _of(versions, channel) if _begins(each, wanted)]
        if fits:
            return Asked(fits[0], channel)
    fits = [each for each in versions.every if _begins(each, wanted)]
    if fits and channels == CHANNELS:
        return Asked(fits[0], WITHOUT_CHANNEL)
    offered = _of(versions, channels[0])
    shown = ", ".join(offered[:SHOWN]) + (" and others" if len(offered) > SHOWN else "")
    where = f"in its release channel {channels[0]}" if len(channels) == 1 else "here"
    raise SettingsError((f"GKE_VERSION={wanted} is not offered {where}; offered are {shown}",))


def _of(versions: Versions, channel: str) -> tuple[str, ...]:
    return versions.channels.get(channel) or versions.every


def _begins(version: str, wanted: str) -> bool:
    return version == wanted or version.startswith((f"{wanted}.", f"{wanted}-"))


def _reached(present: str, wanted: str) -> bool:
    return _begins(present, wanted) or _order(present) > _order(wanted)


def _order(version: str) -> list[int]:
    return [int(part) for part in version.replace("-gke.", ".").split(".") if part.isdigit()]
