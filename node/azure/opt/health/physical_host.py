"""Prints the physical machine's name, for those who repair it: `physical_host.py <pool>` prints it, or an empty line.

Azure tells it through Hyper-V, in a pool of keys (512 bytes) and values (2048). Linux's include/uapi/linux/hyperv.h has
these lengths (HV_KVP_EXCHANGE_MAX_KEY_SIZE, HV_KVP_EXCHANGE_MAX_VALUE_SIZE; 2026-11-25).
"""

from __future__ import annotations

import sys
from pathlib import Path

KEY, VALUE = 512, 2048
POOL = "var/lib/hyperv/.kvp_pool_3"


def physical_host(root: Path) -> str:
    """The host of the machine whose files are below `root`; empty where Azure doesn't tell it."""
    return told_in(root / POOL)


def told_in(pool: Path) -> str:
    try:
        content = pool.read_bytes()
    except OSError:
        return ""
    told = {}
    for start in range(0, len(content) - KEY - VALUE + 1, KEY + VALUE):
        record = content[start : start + KEY + VALUE]
        told[text(record[:KEY])] = text(record[KEY:])
    return told.get("PhysicalHostName", "")


def text(padded: bytes) -> str:
    return padded.split(b"\0", 1)[0].decode(errors="replace")


if __name__ == "__main__":
    print(told_in(Path(sys.argv[1])))
