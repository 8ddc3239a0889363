"""Writes `Key=Value` lines so that Slurm's parser reads the same value back.

The rules are those of src/common/parse_config.c (read at tags slurm-22-05-8-1 to slurm-26-05-3-1): a `#` begins a
comment wherever it stands, unless a backslash stands before it; a backslash hides the next character; a value with
blanks stands in double quotes, and can't hold one.
"""

from __future__ import annotations

import re

from cluster_provision.errors import UnexpectedError

HEADER = "# Written by cluster-provision, which replaces it at each Create. Settings of your own: SLURM_CONF_EXTRA."

_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_.]*")
_NEVER = re.compile(r"[\"\x00-\x1f\x7f]")


def pair(key: str, value: str) -> str:
    """Return `Key=Value`. Raises UnexpectedError for what can't be written, which the readers refuse before."""
    if not value or not _KEY.fullmatch(key) or _NEVER.search(value):
        raise UnexpectedError(f"A line of Slurm's configuration can't be written: {key}.")
    escaped = value.replace("\\", "\\\\").replace("#", "\\#")
    return f'{key}="{escaped}"' if " " in value else f"{key}={escaped}"


def line(*pairs: tuple[str, str]) -> str:
    """Return a line of several pairs, those without a value left out."""
    return " ".join(pair(key, value) for key, value in pairs if value)


def document(lines: list[str]) -> str:
    """Return a whole file, with the tool's header."""
    return "\n".join([HEADER, *lines]) + "\n"
