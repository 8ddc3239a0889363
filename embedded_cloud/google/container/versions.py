"""The versions of GKE, made up in the shape of `serverConfig`; channels differ as the real ones do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.google.failure import ApiError

if TYPE_CHECKING:
    from embedded_cloud.store import Body

# Newest first. https://cloud.google.com/kubernetes-engine/docs/release-notes
RAPID = ("1.35.4-gke.1203000", "1.35.3-gke.1389000", "1.34.6-gke.1154000")
REGULAR = ("1.34.6-gke.1154000", "1.34.4-gke.1047000", "1.33.9-gke.1060000")
STABLE = ("1.34.4-gke.1047000", "1.33.9-gke.1060000", "1.33.8-gke.1026000")
EXTENDED = ("1.34.6-gke.1154000", "1.33.9-gke.1060000", "1.32.13-gke.1059000", "1.31.14-gke.1355000")
CHANNELS = {"RAPID": RAPID, "REGULAR": REGULAR, "STABLE": STABLE, "EXTENDED": EXTENDED}
WITHOUT = "UNSPECIFIED"
DEFAULT_CHANNEL = "REGULAR"


def server_config() -> Body:
    every = sorted({v for versions in CHANNELS.values() for v in versions}, key=order, reverse=True)
    return {
        "defaultClusterVersion": REGULAR[1],
        "validNodeVersions": every,
        "defaultImageType": "COS_CONTAINERD",
        "validImageTypes": ["COS_CONTAINERD", "UBUNTU_CONTAINERD", "WINDOWS_LTSC_CONTAINERD"],
        "validMasterVersions": every,
        "channels": [
            {
                "channel": channel,
                "defaultVersion": versions[1],
                "validVersions": list(versions),
                "upgradeTargetVersion": versions[1],
            }
            for channel, versions in CHANNELS.items()
        ],
    }


def resolve(asked: str, channel: str) -> str:
    """The version that an alias stands for (`latest`, `1.33`, `-`, empty). Raises ApiError for an unknown one."""
    offered = CHANNELS.get(channel) or tuple(server_config()["validMasterVersions"])
    if asked in ("", "-"):
        return offered[1]
    if asked == "latest":
        return offered[0]
    fits = [v for v in offered if v == asked or v.startswith((asked + ".", asked + "-"))]
    if not fits:
        text = f'Master version "{asked}" is unsupported.'
        if channel in CHANNELS:
            text = f'Version "{asked}" is not available in the {channel} channel.'
        raise ApiError(400, "badRequest", text)
    return fits[0]


def order(version: str) -> tuple[int, ...]:
    """The key that versions are sorted by."""
    return tuple(int(part) for part in version.replace("-gke.", ".").split("."))
