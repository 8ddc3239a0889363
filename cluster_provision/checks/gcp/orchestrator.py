"""Checks that no cluster of another kind has this name: one doesn't become the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.errors import SettingsError
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.checks.gcp.subject import GcpSubject

NAME = "orchestrator"
MACHINES, GKE = "google_compute_instance_group_manager", "google_container_cluster"


def orchestrator(subject: GcpSubject) -> Finding:
    """Find nothing where there is no cluster, or one of the same kind.

    Terraform would delete the present cluster, with all that runs on it, and make the other under the same names. Some
    of these would still be taken.
    """
    wanted = subject.settings.orchestrator_type
    there, instead = ("a GKE cluster", "gke") if wanted != "gke" else ("a group of machines", "none (or ray)")
    if (MACHINES if wanted == "gke" else GKE) not in subject.facts.kinds:
        return Finding()
    name = subject.settings.name_prefix
    failure = SettingsError(
        (
            f"ORCHESTRATOR_TYPE={wanted}: NAME_PREFIX={name} is {there} now; run Destroy with ORCHESTRATOR_TYPE="
            f"{instead} first, or choose another NAME_PREFIX",
        )
    )
    return Finding((Check(NAME, "failed", f"{name} is {there}"),), (failure,))
