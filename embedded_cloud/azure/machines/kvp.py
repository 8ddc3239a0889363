"""The key-value pool of a Hyper-V guest: a file of records of fixed length.

Linux's include/uapi/linux/hyperv.h has the lengths (read 2026-11-25).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY_BYTES = 512
VALUE_BYTES = 2048


def physical_host(instance_id: str) -> str:
    """The name of the physical machine that this machine runs on."""
    return f"REHEARSAL{instance_id[:6].upper()}"


def pool(told: Mapping[str, str]) -> bytes:
    """The file of these."""
    return b"".join(
        name.encode().ljust(KEY_BYTES, b"\0") + value.encode().ljust(VALUE_BYTES, b"\0") for name, value in told.items()
    )
