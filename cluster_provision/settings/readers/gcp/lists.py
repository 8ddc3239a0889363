"""Reads Google Cloud's lists: zones, and buckets to mount."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cluster_provision.settings.readers.gcp.buckets import bucket_name
from cluster_provision.settings.readers.gcp.names import ZONE
from cluster_provision.settings.readers.lists import read_entries, refuse_doubles, twice
from cluster_provision.settings.readers.paths import mount_path
from cluster_provision.settings.reading import BadValue


@dataclass(frozen=True)
class BucketMount:
    """A bucket, and the path on which every machine mounts it."""

    bucket: str
    path: str


class Zones:
    """Zones in the order in which they are tried."""

    type_name = "list of zones"
    allowed = "a zone such as us-central1-a, or several, separated by commas"
    spaces = "refused"

    def read(self, text: str) -> tuple[str, ...]:
        entries = [entry.strip() for entry in text.split(",") if entry.strip()]
        if not entries:
            raise BadValue("names no zone")
        # The error of a single zone is the parameter's, not a list entry's.
        zones = (ZONE.read(entries[0]),) if len(entries) == 1 else read_entries(text, ZONE.read)
        doubles = twice(zones)
        if doubles:
            raise BadValue(*(f"names {zone} twice; name each zone once" for zone in doubles))
        return zones

    def show(self, value: Any) -> str:
        return ",".join(value)

    def schema(self) -> dict[str, Any]:
        return {"pattern": f"^(\\s*({ZONE.pattern})?\\s*(,|$))*$"}


class BucketMounts:
    """`bucket:/path,bucket:/path`."""

    type_name = "list of bucket mounts"
    allowed = "<bucket>:</mount/path>, several separated by commas"
    spaces = "ignored"

    def read(self, text: str) -> tuple[BucketMount, ...]:
        """Return the mounts in an order in which none hides another: a path comes after the paths that contain it."""
        mounts = read_entries(text, _bucket_mount)
        refuse_doubles([m.path for m in mounts])
        return tuple(sorted(mounts, key=lambda mount: mount.path.count("/")))

    def show(self, value: Any) -> str:
        return ",".join(f"{m.bucket}:{m.path}" for m in value)

    def schema(self) -> dict[str, Any]:
        return {"pattern": "^(\\s*([a-z0-9._-]+:/[^:,]+)?\\s*(,|$))*$"}


def _bucket_mount(entry: str) -> BucketMount:
    if entry.startswith("gs://"):
        raise BadValue("must name the bucket without gs://, such as my-bucket:/mnt/data")
    bucket, colon, path = entry.partition(":")
    if not colon or not bucket or not path or ":" in path:
        raise BadValue("is not <bucket>:</mount/path>")
    if "/" in bucket:
        raise BadValue("must name a whole bucket; a folder within one can't be mounted")
    return BucketMount(bucket_name(bucket), mount_path(path))
