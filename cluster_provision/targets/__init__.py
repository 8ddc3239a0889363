"""The targets, by cloud and orchestrator: the one place that knows which there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.targets.gcp_gke import GcpGke
from cluster_provision.targets.gcp_ray import GcpRay
from cluster_provision.targets.gcp_vms import GcpVms

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.settings import GcpSettings
    from cluster_provision.targets.base import Target

TARGETS: dict[tuple[str, str], Callable[[GcpSettings], Target]] = {
    ("gcp", "none"): GcpVms,
    ("gcp", "gke"): GcpGke,
    ("gcp", "ray"): GcpRay,
}


def target_of(settings: GcpSettings) -> Target:
    """The target that the settings ask for; settings are only valid with one that is here."""
    return TARGETS[settings.cloud, settings.orchestrator_type](settings)
