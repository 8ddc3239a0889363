"""Rules for what watches the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cluster_provision.settings.draft import RuleResultOf
from cluster_provision.settings.readers.slurm.monitoring_packages import agent_package

if TYPE_CHECKING:
    from cluster_provision.settings.draft import DraftOf


def monitoring_packages(draft: DraftOf[Any]) -> RuleResultOf[Any]:
    """Refuse packages that nothing would install."""
    if draft.orchestrator != "slurm" or not draft.good("monitoring", "monitoring_packages"):
        return RuleResultOf()
    settings = draft.settings
    if settings.monitoring == "off" and settings.monitoring_packages:
        return RuleResultOf(("MONITORING_PACKAGES needs MONITORING=local or managed, and MONITORING is off",))
    agent = agent_package(settings.monitoring_packages)
    if agent is None or (settings.cloud, settings.monitoring) == ("gcp", "managed"):
        return RuleResultOf()
    problem = (
        f"MONITORING_PACKAGES names {agent.file_name}, for which only MONITORING=managed on Google Cloud (CLOUD=gcp) "
        "has use: leave it out"
    )
    return RuleResultOf((problem,))


def no_managed_monitoring(draft: DraftOf[Any]) -> RuleResultOf[Any]:
    """Refuse a cloud's own monitoring where there is no cloud."""
    if draft.orchestrator != "slurm" or not draft.good("monitoring") or draft.settings.monitoring != "managed":
        return RuleResultOf()
    problem = (
        "MONITORING=managed is a cloud's own monitoring, for a cluster there (CLOUD=azure or gcp): set local, which "
        "has Prometheus on the controller"
    )
    return RuleResultOf((problem,), bad=frozenset({"monitoring"}))
