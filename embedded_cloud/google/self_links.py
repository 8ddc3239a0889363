"""Addresses of compute's resources: self links, partial references, full resource names."""

from __future__ import annotations

import re
from typing import Any

ROOT = "https://www.googleapis.com/compute/v1/"
COMPUTE = "//compute.googleapis.com/"
ABSOLUTE = re.compile(r"https://(?:www|compute)\.googleapis\.com/compute/[a-z0-9_]+/")
LOCATED = re.compile(r"projects/[^/]+/(?:global|zones/[^/]+|regions/[^/]+)(?:/[^/]+)*")
PARTIAL = re.compile(r"(?:global|zones/[^/]+|regions/[^/]+)/[A-Za-z]+/.+")

# What people write, never a reference: left as it is.
TEXT_FIELDS = frozenset({"metadata", "labels", "description", "name", "tags", "resourceManagerTags"})


def link(path: str) -> str:
    """The self link for `projects/p/...`."""
    return ROOT + path


def path_of(reference: str, project: str) -> str:
    """`projects/p/global/networks/x` for any way to write a reference, seen from `project`."""
    path = ABSOLUTE.sub("", reference)
    return f"projects/{project}/{path}" if PARTIAL.fullmatch(path) else path


def name_of(reference: str) -> str:
    return reference.rpartition("/")[2]


def full_name(path: str) -> str:
    return COMPUTE + path


def split(path: str) -> tuple[str, str]:
    """The store's collection and id for `projects/p/.../x`."""
    collection, _, name = path.rpartition("/")
    return COMPUTE + collection, name


def with_links(value: Any, project: str) -> Any:
    """The body with each reference written as the API gives it back: its self link."""
    if isinstance(value, dict):
        return {k: v if k in TEXT_FIELDS else with_links(v, project) for k, v in value.items()}
    if isinstance(value, list):
        return [with_links(each, project) for each in value]
    if isinstance(value, str):
        path = path_of(value, project)
        return link(path) if LOCATED.fullmatch(path) else value
    return value
