"""Checks that Create would not delete or replace file shares, or the controller's disk, with data on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.clouds.gcp.resources import name_of
from cluster_provision.errors import SettingsError
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.checks.gcp.subject import GcpSubject
    from cluster_provision.settings import FileShare
    from cluster_provision.state.base import HeldInstance, StateFacts

NAME = "file shares"
FILE_SERVER = "google_filestore_instance"
DISK = "google_compute_disk"
REGIONAL = ("REGIONAL", "ENTERPRISE")
ADVICE = (
    "Undo that change; or copy what you need elsewhere, and set DELETE_FILE_SHARES=yes for one Create. Nothing was "
    "changed."
)


@dataclass(frozen=True)
class HeldShare:
    """A file share in the state: the `path` on which it is mounted, its place and its kind."""

    path: str
    tier: str
    location: str
    network: str


def file_shares(subject: GcpSubject) -> Finding:
    """Say what becomes of each share and data disk in the state.

    Filestore moves no share to another tier, place or network, and Compute Engine no disk to another zone.
    """
    shares, disks = held_shares(subject.facts), subject.facts.of_kind(DISK)
    if not shares and not disks:
        return Finding()
    wanted = {share.path: share for share in subject.settings.nfs_fileshare_list}
    lines = [_loss(subject, held, wanted.get(held.path)) for held in shares]
    lines += [_loss_of_disk(subject, held) for held in disks]
    lost = [line for line in lines if line]
    if not lost:
        return Finding((Check(NAME, "ok", f"all {len(lines)} stay"),))
    if subject.settings.delete_file_shares:
        return Finding((Check(NAME, "ok", "; ".join(lost)),), notes=tuple(lost))
    return Finding((Check(NAME, "failed", "; ".join(lost)),), (SettingsError(tuple(lost), ADVICE),))


def held_shares(facts: StateFacts) -> list[HeldShare]:
    """Return the file servers of terraform/modules/gcp/file_shares, indexed there by their shares' paths."""
    return [_share(each) for each in facts.of_kind(FILE_SERVER)]


def _share(held: HeldInstance) -> HeldShare:
    networks = held.attributes.get("networks") or [{}]
    return HeldShare(
        path=held.key,
        tier=str(held.attributes.get("tier") or ""),
        location=str(held.attributes.get("location") or ""),
        network=str(networks[0].get("network") or "").rpartition("/")[2],
    )


def _loss(subject: GcpSubject, held: HeldShare, wanted: FileShare | None) -> str:
    """Return a line that says how the share would lose its data, or an empty string."""
    if wanted is None:
        return f"NFS_FILESHARE_LIST no longer has {held.path}: Create deletes its file server and all data on it"
    place = subject.region if wanted.tier in REGIONAL else subject.zone
    own = subject.settings.network_config != "default_network"
    network = f"{subject.settings.name_prefix}-dpl-net" if own else "default"
    changes = [
        f"{what} {before} becomes {after}"
        for what, before, after in (
            ("tier", held.tier, wanted.tier),
            ("place", held.location, place),
            ("network", held.network, network),
        )
        if before != after
    ]
    if not changes:
        return ""
    return (
        f"Create replaces the share on {held.path} with an empty one and deletes its data: its {', its '.join(changes)}"
    )


def _loss_of_disk(subject: GcpSubject, held: HeldInstance) -> str:
    """The same of a Slurm controller's data disk.

    A disk grows in place, and is replaced where it is to be smaller ("Upsizing the disk is mutable, but downsizing the
    disk requires re-creating the resource"): the provider's document of google_compute_disk, 7.45.0.
    """
    zone, size = name_of(str(held.attributes.get("zone") or "")), int(held.attributes.get("size") or 0)
    changes = []
    if zone != subject.zone:
        changes.append(f"zone {zone} becomes {subject.zone}")
    if size > subject.settings.data_disk_gb:
        changes.append(f"size of {size} GB becomes {subject.settings.data_disk_gb} (DATA_DISK_GB), and no disk shrinks")
    if not changes:
        return ""
    return (
        f"Create replaces disk {held.attributes.get('name')} with an empty one, and deletes homes and accounting on "
        f"it: its {', its '.join(changes)}"
    )
