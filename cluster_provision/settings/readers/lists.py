"""Lists separated by commas; empty entries are skipped, and each bad entry is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from cluster_provision.settings.readers.buckets import bucket_name
from cluster_provision.settings.readers.google_names import ZONE
from cluster_provision.settings.readers.paths import mount_path
from cluster_provision.settings.reading import BadValue, NotInThisVersion, shown

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

FILESTORE_TIERS = ("BASIC_HDD", "BASIC_SSD", "HIGH_SCALE_SSD", "ENTERPRISE")
FILESTORE_LEAST_GB = 1024
FILESTORE_MOST_GB = 102_400
FILESTORE_DEFAULT_GB = 2560


@dataclass(frozen=True)
class BucketMount:
    """A bucket, and the path on every machine that it is mounted on."""

    bucket: str
    path: str


@dataclass(frozen=True)
class FileShare:
    """An NFS share to be made: where it is mounted, its Filestore tier, and its size in GB."""

    path: str
    tier: str
    size_gb: int = FILESTORE_DEFAULT_GB


class Zones:
    """Zones; exactly one in this version."""

    type_name = "list of zones"
    allowed = "one zone, such as us-central1-a"
    spaces = "refused"

    def read(self, text: str) -> tuple[str, ...]:
        """The zone, in a tuple of one."""
        entries = [entry.strip() for entry in text.split(",") if entry.strip()]
        if not entries:
            raise BadValue("names no zone")
        if len(entries) > 1:
            read_entries(text, ZONE.read)
            raise NotInThisVersion("name one zone; for several, make one cluster a zone, each with its NAME_PREFIX")
        return (ZONE.read(entries[0]),)

    def show(self, value: Any) -> str:
        """Comma-separated."""
        return ",".join(value)

    def schema(self) -> dict[str, Any]:
        """One zone."""
        return {"pattern": f"^[\\s,]*{ZONE.pattern}[\\s,]*$"}


class BucketMounts:
    """`bucket:/path,bucket:/path`."""

    type_name = "list of bucket mounts"
    allowed = "<bucket>:</mount/path>, several separated by commas"
    spaces = "ignored"

    def read(self, text: str) -> tuple[BucketMount, ...]:
        """The mounts, in an order in which none hides another: a path comes after those that it lies in."""
        mounts = read_entries(text, _bucket_mount)
        refuse_doubles([m.path for m in mounts])
        return tuple(sorted(mounts, key=lambda mount: mount.path.count("/")))

    def show(self, value: Any) -> str:
        """As it is written in an env file."""
        return ",".join(f"{m.bucket}:{m.path}" for m in value)

    def schema(self) -> dict[str, Any]:
        """The outline of each entry."""
        return {"pattern": "^(\\s*([a-z0-9._-]+:/[^:,]+)?\\s*(,|$))*$"}


class FileShares:
    """`/path:TIER[:size in GB],...`, the size without a unit."""

    type_name = "list of NFS file shares"
    allowed = f"</mount/path>:<type>[:<size in GB>], types {', '.join(FILESTORE_TIERS)}, separated by commas"
    spaces = "ignored"

    def read(self, text: str) -> tuple[FileShare, ...]:
        """The shares, in the order given."""
        shares = read_entries(text, _file_share)
        refuse_doubles([s.path for s in shares])
        return shares

    def show(self, value: Any) -> str:
        """As it is written in an env file."""
        return ",".join(f"{s.path}:{s.tier}:{s.size_gb}" for s in value)

    def schema(self) -> dict[str, Any]:
        """The outline of each entry."""
        return {"pattern": "^(\\s*(/[^:,]+:[A-Za-z_]+(:[0-9]*)?)?\\s*(,|$))*$"}


def read_entries(text: str, read: Callable[[str], T]) -> tuple[T, ...]:
    """Each entry that isn't empty, read; raises BadValue with a reason for every bad one."""
    read_ones: list[T] = []
    reasons: list[str] = []
    for position, entry in enumerate(text.split(","), start=1):
        stripped = entry.strip()
        if not stripped:
            continue
        try:
            read_ones.append(read(stripped))
        except BadValue as bad:
            reasons += [f"entry {position} ({shown(stripped)}) {reason}" for reason in bad.reasons]
    if reasons:
        raise BadValue(*reasons)
    return tuple(read_ones)


def refuse_doubles(paths: list[str]) -> None:
    """Raise BadValue where two mounts have one path."""
    doubles = sorted({path for path in paths if paths.count(path) > 1})
    if doubles:
        raise BadValue(*(f"mounts twice on {path}; each mount needs a path of its own" for path in doubles))


def _bucket_mount(entry: str) -> BucketMount:
    if entry.startswith("gs://"):
        raise BadValue("must name the bucket without gs://, such as my-bucket:/mnt/data")
    bucket, colon, path = entry.partition(":")
    if not colon or not bucket or not path or ":" in path:
        raise BadValue("is not <bucket>:</mount/path>")
    if "/" in bucket:
        raise BadValue("must name a whole bucket; a folder within one can't be mounted")
    return BucketMount(bucket_name(bucket), mount_path(path))


def _file_share(entry: str) -> FileShare:
    path, *rest = entry.split(":")
    if not 1 <= len(rest) <= 2:
        raise BadValue("is not </mount/path>:<type> or </mount/path>:<type>:<size in GB>")
    tier, size = rest[0].strip().upper(), rest[1].strip() if len(rest) == 2 else ""
    if tier not in FILESTORE_TIERS:
        raise BadValue(f"has no known type; allowed are {', '.join(FILESTORE_TIERS)}")
    if not size:
        return FileShare(mount_path(path.strip()), tier)
    if not (size.isascii() and size.isdigit() and len(size) <= 7):
        raise BadValue("has a size that is not a whole number of GB")
    if not FILESTORE_LEAST_GB <= int(size) <= FILESTORE_MOST_GB:
        raise BadValue(f"has a size out of range; allowed are {FILESTORE_LEAST_GB} to {FILESTORE_MOST_GB} GB")
    return FileShare(mount_path(path.strip()), tier, int(size))
