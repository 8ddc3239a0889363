"""Whether file shares that are there would be deleted, or made anew without what is on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.errors import SettingsError
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.checks.gcp.subject import GcpSubject
    from cluster_provision.settings import FileShare
    from cluster_provision.state.base import HeldInstance, StateFacts

NAME = "file shares"
FILE_SERVER = "google_filestore_instance"
REGIONAL = ("REGIONAL", "ENTERPRISE")
ADVICE = (
    "Put it back as it was; or copy what you need elsewhere, and set DELETE_FILE_SHARES=yes for one Create. Nothing "
    "was changed."
)


@dataclass(frozen=True)
class HeldShare:
    """A file share that the state holds: the `path` that it is mounted on, and where and what it is."""

    path: str
    tier: str
    location: str
    network: str


def file_shares(subject: GcpSubject) -> Finding:
    """What becomes of each share of the state. Filestore moves none to another tier, place or network."""
    shares = held_shares(subject.facts)
    if not shares:
        return Finding()
    wanted = {share.path: share for share in subject.settings.nfs_fileshare_list}
    lost = [line for held in shares if (line := _loss(subject, held, wanted.get(held.path)))]
    if not lost:
        return Finding((Check(NAME, "ok", f"{len(shares)} stay as they are"),))
    if subject.settings.delete_file_shares:
        return Finding((Check(NAME, "ok", "; ".join(lost)),), notes=tuple(lost))
    return Finding((Check(NAME, "failed", "; ".join(lost)),), (SettingsError(tuple(lost), ADVICE),))


def held_shares(facts: StateFacts) -> list[HeldShare]:
    """The file servers of terraform/modules/gcp/file_shares, which knows each by its share's path."""
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
    """How the share would lose what is on it, in a line; empty where it would not."""
    if wanted is None:
        return f"NFS_FILESHARE_LIST has no {held.path} any more: its file server is deleted, with all that is on it"
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
        f"the share on {held.path} is made anew, empty, with all that was on it deleted: its {', its '.join(changes)}"
    )
