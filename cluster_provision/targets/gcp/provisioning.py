"""How the machines are bought and placed, as the root module's variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cloud_facts.gcp.machine_types import machine_type

if TYPE_CHECKING:
    from cluster_provision.settings import GcpSettings
    from cluster_provision.state.base import StateFacts

HOUR_SECONDS = 3600
PLACEMENT_POLICY = "google_compute_resource_policy.placement"


def provisioning_variables(settings: GcpSettings, facts: StateFacts) -> dict[str, Any]:
    """Provisioning model, run duration in seconds (0 for none), reservation, placement.

    A placement policy that is in the state stays: Google deletes none that a machine was made with.
    """
    return {
        "provisioning_model": settings.provisioning_model,
        "max_run_duration": (settings.max_run_duration or 0) * HOUR_SECONDS,
        "reservation": settings.reservation_name or "",
        "placement": machine_type(settings.vm_type).placement if settings.compact_placement else "",
        "keep_placement_policy": PLACEMENT_POLICY in facts.named,
    }
