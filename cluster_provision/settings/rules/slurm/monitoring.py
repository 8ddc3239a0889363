"""Rules for what watches the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cluster_provision.settings.draft import RuleResultOf

if TYPE_CHECKING:
    from cluster_provision.settings.draft import DraftOf


def monitoring_packages(draft: DraftOf[Any]) -> RuleResultOf[Any]:
    """Refuse packages that nothing would install."""
    if draft.orchestrator != "slurm" or not draft.good("monitoring", "monitoring_packages"):
        return RuleResultOf()
    if draft.settings.monitoring != "off" or not draft.settings.monitoring_packages:
        return RuleResultOf()
    return RuleResultOf(("MONITORING_PACKAGES needs MONITORING=local or managed, and MONITORING is off",))


def no_managed_monitoring(draft: DraftOf[Any]) -> RuleResultOf[Any]:
    """Refuse a cloud's own monitoring where the cloud is another."""
    if draft.orchestrator != "slurm" or not draft.good("monitoring") or draft.settings.monitoring != "managed":
        return RuleResultOf()
    problem = (
        "MONITORING=managed is Azure Monitor's, for a cluster there (CLOUD=azure): set local, which has Prometheus on "
        "the controller"
    )
    return RuleResultOf((problem,), bad=frozenset({"monitoring"}))
