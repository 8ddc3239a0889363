"""Lists separated by commas; empty entries are skipped, and each bad entry is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from cluster_provision.settings.readers.choices import words_in_any_case
from cluster_provision.settings.readers.gcp.buckets import bucket_name
from cluster_provision.settings.readers.gcp.names import ZONE
from cluster_provision.settings.readers.paths import mount_path
from cluster_provision.settings.reading import BadValue, shown

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


@dataclass(frozen=True)
class BucketMount:
    """A bucket, and the path on every machine that it is mounted on."""

    bucket: str
    path: str


class Zones:
    """Zones in the order in which they are tried."""

    type_name = "list of zones"
    allowed = "a zone such as us-central1-a, or several, separated by commas"
    spaces = "refused"

    def read(self, text: str) -> tuple[str, ...]:
        """The zones, in the order given."""
        entries = [entry.strip() for entry in text.split(",") if entry.strip()]
        if not entries:
            raise BadValue("names no zone")
        # One zone alone is no entry of a list: its error is that of the parameter.
        zones = (ZONE.read(entries[0]),) if len(entries) == 1 else read_entries(text, ZONE.read)
        doubles = sorted({zone for zone in zones if zones.count(zone) > 1})
        if doubles:
            raise BadValue(*(f"names {zone} twice; name each zone once" for zone in doubles))
        return zones

    def show(self, value: Any) -> str:
        """Comma-separated."""
        return ",".join(value)

    def schema(self) -> dict[str, Any]:
        """The outline of each entry."""
        return {"pattern": f"^(\\s*({ZONE.pattern})?\\s*(,|$))*$"}


@dataclass(frozen=True)
class Words:
    """Some of `words`, in any case."""

    words: tuple[str, ...]
    type_name: str = "list of words"
    spaces: str = "ignored"

    @property
    def allowed(self) -> str:
        """The words."""
        return f"{', '.join(self.words)}, separated by commas"

    def read(self, text: str) -> tuple[str, ...]:
        """The words, each once, in the order of the declaration."""
        given = set(read_entries(text, self._word))
        return tuple(word for word in self.words if word in given)

    def _word(self, entry: str) -> str:
        if entry.casefold() not in self.words:
            raise BadValue(f"is none of the allowed values: {', '.join(self.words)}")
        return entry.casefold()

    def show(self, value: Any) -> str:
        """Comma-separated."""
        return ",".join(value)

    def schema(self) -> dict[str, Any]:
        """Any case is allowed, so the words are a pattern; `x-values` lists them plainly."""
        return {"pattern": f"^(\\s*({words_in_any_case(self.words)})?\\s*(,|$))*$", "x-values": list(self.words)}


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
