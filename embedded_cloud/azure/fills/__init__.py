"""What Azure fills in, or refuses, type by type, where the tables in kinds/ don't say all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.azure.fills import access, compute, identity, network, storage

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body

    Fill = Callable[[Call, Body | None, Body], Body]

FILLS: dict[str, Fill] = {**network.FILLS, **compute.FILLS, **storage.FILLS, **identity.FILLS, **access.FILLS}
