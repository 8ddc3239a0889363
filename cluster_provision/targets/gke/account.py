"""Which service account GKE's nodes run as: one of their own, the user's, or the project's default one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cluster_provision.checks.base import Finding
from cluster_provision.errors import PermissionDenied
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.state.base import StateFacts
    from cluster_provision.targets.gcp.target import GcpTarget

NEEDS = (
    "iam.serviceAccounts.create",
    "iam.serviceAccounts.actAs",
    "resourcemanager.projects.getIamPolicy",
    "resourcemanager.projects.setIamPolicy",
)
ROLE = "roles/container.defaultNodeServiceAccount"


def choose_gke_account(target: GcpTarget[Any], facts: StateFacts) -> tuple[str, Finding]:
    """The account's e-mail, empty for one that Terraform makes and grants ROLE, and what was found on the way.

    Raises PermissionDenied where none can be had.
    """
    named = target.settings.service_account
    if named:
        return named, Finding((Check("service account", "ok", named),))
    if "google_service_account" in facts.kinds:  # the nodes run as it, whoever asks now
        return "", Finding((Check("service account", "ok", "the nodes have one of their own"),))
    may = target.cloud.may(NEEDS)
    if may is None:
        return "", Finding((Check("service account", "unknown", "permissions can't be tested"),))
    if may:
        return "", Finding((Check("service account", "ok", "the nodes get one of their own"),))
    why = f"you may not create a service account and grant it {ROLE}"
    default = target.project.default_account
    if not default:
        raise PermissionDenied(
            f"{why}, and project {target.settings.project_id} has no default service account",
            "Ask for the permission (docs/permissions.md), or name an account of yours in SERVICE_ACCOUNT.",
        )
    note = f"{why}: the nodes run as the project's default account {default}, which needs that role"
    return default, Finding((Check("service account", "ok", default),), notes=(note,))
