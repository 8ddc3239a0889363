"""Reads NFS shares for Filestore: their mount paths, tiers and sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from cluster_provision.settings.readers.lists import read_entries, refuse_doubles
from cluster_provision.settings.readers.paths import mount_path
from cluster_provision.settings.reading import BadValue

# The old tool's default size.
DEFAULT_GB = 2560
MOST_DIGITS = 7


@dataclass(frozen=True)
class FileShare:
    """An NFS share to be made: its mount path, its Filestore tier by today's name, and its size in GB."""

    path: str
    tier: str
    size_gb: int = DEFAULT_GB


@dataclass(frozen=True)
class Sizes:
    """Sizes in GB (Filestore's own unit is GiB): from `least` to `most` in steps of `step`."""

    least: int
    most: int
    step: int = 1

    def hold(self, size: int) -> bool:
        """Whether `size` is one of them."""
        return self.least <= size <= self.most and (size - self.least) % self.step == 0

    def __str__(self) -> str:
        steps = f" in steps of {self.step}" if self.step > 1 else ""
        return f"{self.least} to {self.most}{steps}"


# Tier → sizes. Sources, read 2026-11-25: docs.cloud.google.com/filestore/docs/service-tiers-zonal and
# service-tiers-regional; the service-tiers page for the others (basic tiers grow by 1 GiB, enterprise by 256). Regional
# ones from 100 GiB to 1 TiB need a performance configuration, for which there is no parameter:
# github.com/kubernetes-sigs/gcp-filestore-csi-driver/issues/1325 of 2026-06-24.
TIERS: dict[str, tuple[Sizes, ...]] = {
    "BASIC_HDD": (Sizes(1024, 65_434),),
    "BASIC_SSD": (Sizes(2560, 65_434),),
    "ZONAL": (Sizes(1024, 9984, 256), Sizes(10_240, 102_400, 2560)),
    "REGIONAL": (Sizes(1024, 10_239), Sizes(10_240, 102_400, 2560)),
    "ENTERPRISE": (Sizes(1024, 10_240, 256),),
}
# The tiers' names in older documents.
FORMER_TIERS = {"HIGH_SCALE_SSD": "ZONAL", "STANDARD": "BASIC_HDD", "PREMIUM": "BASIC_SSD"}


class FileShares:
    """`/path:TIER[:size in GB],...`, the size without a unit."""

    type_name = "list of NFS file shares"
    spaces = "ignored"

    @property
    def allowed(self) -> str:
        tiers = "; ".join(f"{tier} ({_sizes(tier)} GB)" for tier in TIERS)
        former = ", ".join(f"{old} is read as {new}" for old, new in FORMER_TIERS.items())
        return f"</mount/path>:<type>[:<size in GB>], separated by commas; types {tiers}; {former}"

    def read(self, text: str) -> tuple[FileShare, ...]:
        """Return the shares in an order in which none hides another: a path comes after the paths that contain it."""
        shares = read_entries(text, _file_share)
        refuse_doubles([s.path for s in shares])
        return tuple(sorted(shares, key=lambda share: share.path.count("/")))

    def show(self, value: Any) -> str:
        return ",".join(f"{s.path}:{s.tier}:{s.size_gb}" for s in value)

    def schema(self) -> dict[str, Any]:
        return {"pattern": "^(\\s*(/[^:,]+:\\s*[A-Za-z_]+\\s*(:\\s*[0-9]*)?)?\\s*(,|$))*$"}


def _file_share(entry: str) -> FileShare:
    path, *rest = entry.split(":")
    if not 1 <= len(rest) <= 2:
        raise BadValue("is not </mount/path>:<type> or </mount/path>:<type>:<size in GB>")
    word, size = _upper(rest[0].strip()), rest[1].strip() if len(rest) == 2 else ""
    tier = FORMER_TIERS.get(word, word)
    if tier not in TIERS:
        raise BadValue(f"has no known type; allowed are {', '.join(TIERS)} (and {', '.join(FORMER_TIERS)})")
    if not size:
        return FileShare(mount_path(path.strip()), tier)
    if not (size.isascii() and size.isdigit() and len(size) <= MOST_DIGITS):
        raise BadValue("has a size that is not a whole number of GB")
    if not any(sizes.hold(int(size)) for sizes in TIERS[tier]):
        raise BadValue(f"has a size that {tier} doesn't come in; allowed are {_sizes(tier)} GB")
    return FileShare(mount_path(path.strip()), tier, int(size))


def _upper(word: str) -> str:
    return word.upper() if word.isascii() else word


def _sizes(tier: str) -> str:
    return " or ".join(str(sizes) for sizes in TIERS[tier])
