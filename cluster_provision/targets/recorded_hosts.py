"""A cloud's machines as hosts for SSH, with the host keys of their own records."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.fleet.model import Host
from cluster_provision.parallel import at_once

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.clouds.base import Machine
    from cluster_provision.node import NodeRecord


def hosts_of(machines: Sequence[Machine], record: Callable[[str], NodeRecord | None]) -> tuple[Host, ...]:
    """These machines, in their order; `record` returns a machine's record by its name.

    A record of an earlier machine of the same name counts for nothing: without host keys, a host is not connected to.
    """
    records = at_once([partial(record, each.name) for each in machines])
    return tuple(
        Host(m.name, m.address, r.host_keys if r is not None and r.instance_id == m.instance_id else ())
        for m, r in zip(machines, records, strict=True)
    )
