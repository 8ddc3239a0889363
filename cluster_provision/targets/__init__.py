"""The targets, by cloud and orchestrator: the one place that knows which there are."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from cluster_provision.errors import SettingsError
from cluster_provision.orchestrators import ORCHESTRATORS
from cluster_provision.targets.azure.slurm.target import AzureSlurm
from cluster_provision.targets.azure.vmss import AzureVmss
from cluster_provision.targets.existing.target import ExistingSlurm
from cluster_provision.targets.gcp.slurm.target import GcpSlurm
from cluster_provision.targets.gcp.vms import GcpVms
from cluster_provision.targets.gke.cluster import GcpGke

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.settings import Settings
    from cluster_provision.targets.base import Target

# each takes its own cloud's model of the settings
TARGETS: dict[tuple[str, str], Callable[[Any], Target[Any]]] = {
    ("existing", "slurm"): ExistingSlurm,
    ("gcp", "none"): partial(GcpVms, orchestrator=ORCHESTRATORS["none"]),
    ("gcp", "gke"): GcpGke,
    ("gcp", "slurm"): GcpSlurm,
    ("gcp", "ray"): partial(GcpVms, orchestrator=ORCHESTRATORS["ray"]),
    ("azure", "none"): partial(AzureVmss, orchestrator=ORCHESTRATORS["none"]),
    ("azure", "slurm"): AzureSlurm,
    ("azure", "ray"): partial(AzureVmss, orchestrator=ORCHESTRATORS["ray"]),
}


def target_of(settings: Settings) -> Target[Any]:
    """The target that the settings ask for. Raises SettingsError where this version has none."""
    target = TARGETS.get((settings.cloud, settings.orchestrator_type))
    if target is None:
        asked = f"CLOUD={settings.cloud} with ORCHESTRATOR_TYPE={settings.orchestrator_type}"
        there = ", ".join(f"{cloud} with {kind}" for cloud, kind in TARGETS)
        raise SettingsError((f"{asked} is not in this version; there are {there}",))
    return target(settings)
