"""The checks of machines that exist already: every machine's problems at once, before anything is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.all_of import look_at_all
from cluster_provision.checks.base import CheckOf
from cluster_provision.checks.existing.clock import clock
from cluster_provision.checks.existing.configuration import configuration
from cluster_provision.checks.existing.distribution import distribution
from cluster_provision.checks.existing.hardware import hardware
from cluster_provision.checks.existing.identity import identity
from cluster_provision.checks.existing.monitoring import monitoring, monitoring_packages
from cluster_provision.checks.existing.mounts import mounts
from cluster_provision.checks.existing.names import own_names
from cluster_provision.checks.existing.numbers import slurm_user, users
from cluster_provision.checks.existing.others import other_clusters, ports
from cluster_provision.checks.existing.packages import packages
from cluster_provision.checks.existing.pyxis import pyxis
from cluster_provision.checks.existing.reached import reached
from cluster_provision.checks.existing.room import room

if TYPE_CHECKING:
    from cluster_provision.checks.base import Finding
    from cluster_provision.checks.existing.subject import Subject

CHECKS: tuple[CheckOf[Subject], ...] = (
    CheckOf("machines reached", reached),
    CheckOf("distribution", distribution),
    CheckOf("packages", packages),
    CheckOf("Pyxis", pyxis),
    CheckOf("hardware", hardware),
    CheckOf("slurm.conf", configuration),
    CheckOf("clock", clock),
    CheckOf("identity", identity),
    CheckOf("names", own_names),
    CheckOf("other Slurm", other_clusters),
    CheckOf("ports", ports),
    CheckOf("monitoring", monitoring),
    CheckOf("monitoring packages", monitoring_packages),
    CheckOf("users", users),
    CheckOf("user slurm", slurm_user),
    CheckOf("mounts", mounts),
    CheckOf("room", room),
)


def look(subject: Subject) -> Finding:
    """Return what all checks found, in their order."""
    return look_at_all(CHECKS, subject, ())
