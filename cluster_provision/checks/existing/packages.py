"""Whether SLURM_REPOSITORY offers a Slurm that all machines can have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.checks.existing.subject import Subject


def packages(subject: Subject) -> Finding:
    """What the tool found there. The distribution's own packages are the check `distribution`'s."""
    repository, offer = subject.settings.slurm_repository, subject.offer
    if repository is None:
        return Finding((Check("packages", "ok", "the distribution's own"),))
    if offer.failures:
        told = "; ".join(each.message for each in offer.failures)
        return Finding((Check("packages", "failed", told),), offer.failures)
    return Finding((Check("packages", "ok", f"Slurm {offer.release} of {repository.uri}, {offer.names.slurmd}"),))
