"""What the checks of machines that exist already look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from cluster_provision.checks.existing.offer import Offer
from cluster_provision.errors import NodeSetupError
from cluster_provision.result import Check

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cluster_provision.checks.base import Finding
    from cluster_provision.errors import ProvisionError
    from cluster_provision.settings.existing.settings import ExistingSettings
    from cluster_provision.slurm.cluster import ClusterUser
    from cluster_provision.slurm.facts import MachineFacts


@dataclass(frozen=True)
class Seen:
    """A machine's facts, and by how many seconds its clock is before this host's; both are its own time's."""

    facts: MachineFacts
    ahead: float = 0.0


@dataclass(frozen=True)
class Subject:
    """The machines by name: those that were `seen`, and why the `unseen` could not be. `members` were in the cluster
    before this run; `former_users` were in USERS_FILE, and have their numbers still. `offer` is the Slurm that they
    have or would get."""

    settings: ExistingSettings
    seen: Mapping[str, Seen]
    unseen: Mapping[str, ProvisionError]
    members: frozenset[str] = frozenset()
    former_users: tuple[ClusterUser, ...] = ()
    offer: Offer = field(default_factory=Offer)

    @property
    def usual_ahead(self) -> float:
        """The middle of the machines' clocks against this host's: what counts is how far they are from each other."""
        return median(each.ahead for each in self.seen.values()) if self.seen else 0.0

    def is_ours(self, name: str) -> bool:
        """Whether the machine is in this very cluster already, by its own journal."""
        return self.settings.name_prefix in self.seen[name].facts.clusters


def finding(name: str, problems: Mapping[str, str], fine: str, advice: str) -> Finding:
    """A check's row, and a failure for each machine with a problem, in the order of the machines."""
    from cluster_provision.checks.base import Finding

    if not problems:
        return Finding((Check(name, "ok", fine),))
    told = "; ".join(f"{machine} {what}" for machine, what in problems.items())
    failures = tuple(NodeSetupError(f"{machine} {what}", advice) for machine, what in problems.items())
    return Finding((Check(name, "failed", told),), failures)
