"""The ops agent's means on Google Cloud: may the machines' account write what it collects, and is there a dashboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster_provision.checks.base import Finding
from cluster_provision.clouds.base import NotFound
from cluster_provision.errors import CANNOT_LOOK
from cluster_provision.result import Check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.state.base import StateFacts
    from cluster_provision.targets.gcp.target import GcpTarget

GRANTING = ("resourcemanager.projects.getIamPolicy", "resourcemanager.projects.setIamPolicy")
DASHBOARDS = tuple(f"monitoring.dashboards.{verb}" for verb in ("create", "delete", "get", "list"))
"""With `list`, since Destroy has to find what a killed run made."""
NOT_GRANTED = (
    "the ops agent's metrics and logs are refused until somebody gives the machines' account "
    "roles/monitoring.metricWriter and roles/logging.logWriter on the project (docs/agents.md)"
)


@dataclass(frozen=True)
class Means:
    """`roles`: the machines' own account is granted what the agent needs. `dashboard`: one is made."""

    roles: bool = False
    dashboard: bool = False


def choose_means(target: GcpTarget[Any], facts: StateFacts, *, own_account: bool) -> tuple[Means, Finding]:
    """What can be had, and what was found on the way. Nothing here is a reason not to make the cluster."""
    if target.settings.disable_ops_agent:
        return Means(), Finding()
    roles = _roles(target, facts) if own_account else ""
    dashboard = _dashboard(target, facts) if target.settings.gpu_count else ""
    checks, notes = [], []
    if own_account:
        checks.append(Check("ops agent", "unknown" if roles else "ok", roles or "may write metrics and logs"))
        notes += [f"{roles}: {NOT_GRANTED}"] if roles else []
    if target.settings.gpu_count:
        checks.append(Check("GPU dashboard", "unknown" if dashboard else "ok", dashboard))
        notes += [f"no GPU dashboard is made: {dashboard}"] if dashboard else []
    means = Means(own_account and not roles, bool(target.settings.gpu_count) and not dashboard)
    return means, Finding(tuple(checks), notes=tuple(notes))


def _roles(target: GcpTarget[Any], facts: StateFacts) -> str:
    """Why the account can't be given its roles; empty where nothing is in the way."""
    if "google_project_iam_member" in facts.kinds:  # they are given, whoever asks now
        return ""
    return _lacking(target, GRANTING, "you may not grant roles on the project")


def _dashboard(target: GcpTarget[Any], facts: StateFacts) -> str:
    """Why there can't be one; empty where nothing is in the way."""
    if "google_monitoring_dashboard" in facts.kinds:
        return ""
    try:
        if target.catalogue.services_off(["monitoring"]):
            return "monitoring.googleapis.com is off in the project"
    except (*CANNOT_LOOK, NotFound):
        return "it can't be found out whether monitoring.googleapis.com is on in the project"
    return _lacking(target, DASHBOARDS, "you may not make one")


def _lacking(target: GcpTarget[Any], permissions: Sequence[str], told: str) -> str:
    tested = target.catalogue.permissions(permissions)
    if tested is None:
        return "permissions can't be tested"
    missing = [p for p in permissions if p not in tested.granted]
    return f"{told} ({', '.join(missing)})" if missing else ""
