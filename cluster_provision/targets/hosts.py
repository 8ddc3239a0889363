"""The stage in which Create writes hostfiles and keys, where it can reach the machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.errors import HostKeyMismatch, KeyRefused, Unreachable, one_of_all
from cluster_provision.fleet.connections import Limits
from cluster_provision.fleet.hosts import update_hosts
from cluster_provision.result import Check

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.fleet.model import Fleet
    from cluster_provision.stage import Site

CHECK = "hosts"


def distribute_hosts(fleet_of: Callable[[Site], Fleet], site: Site, patience: float = 0.0) -> None:
    """Bring hostfiles and keys up to date on the cluster that `fleet_of` names; a silent head is tried again for
    `patience` seconds.

    A cluster works without them, and whoever runs Create may be elsewhere, or have no private key: then a note and a
    check that is unknown say so. Raises HostKeyMismatch where another machine answers in the head's place, and the
    failures of the nodes that the head's key didn't reach.
    """
    fleet = fleet_of(site)
    try:
        updated = update_hosts(
            fleet,
            lambda done, total: site.progress.update("hosts", done, total),
            Limits(patience=patience),
        )
    except HostKeyMismatch as failure:
        site.result.checks.append(Check(CHECK, "failed", failure.message))
        raise
    except (Unreachable, KeyRefused) as failure:
        site.result.checks.append(Check(CHECK, "unknown", failure.message))
        site.say(
            f"Note: hostfiles and keys were not handed out: {failure.message}\n  {failure.advice}\n"
            "  UpdateHosts does it, from where the head can be reached."
        )
        site.progress.conclude("not handed out")
        return
    failures = [outcome.error for outcome in updated.hosts if outcome.error]
    if failures:
        failed = ", ".join(outcome.host.name for outcome in updated.hosts if outcome.error)
        site.result.checks.append(Check(CHECK, "failed", f"not on {failed}"))
        raise one_of_all(failures)
    site.result.checks.append(Check(CHECK, "ok", f"{len(updated.hosts)} hosts"))
    site.progress.conclude(f"{len(updated.hosts)} hosts know each other")
