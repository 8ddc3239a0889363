"""What Azure fills in, or refuses, type by type, where the tables in types/ don't say all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.azure.defaults import (
    access,
    compute,
    database,
    identity,
    impact,
    key_vault,
    machines,
    monitor,
    netapp,
    network,
    private_link,
    storage,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body

    Complete = Callable[[Call, Body | None, Body], Body]

DEFAULTS: dict[str, Complete] = {
    **network.DEFAULTS,
    **compute.DEFAULTS,
    **machines.DEFAULTS,
    **database.DEFAULTS,
    **monitor.DEFAULTS,
    **private_link.DEFAULTS,
    **key_vault.DEFAULTS,
    **netapp.DEFAULTS,
    **storage.DEFAULTS,
    **identity.DEFAULTS,
    **access.DEFAULTS,
    **impact.DEFAULTS,
}
