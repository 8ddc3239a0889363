"""The checks of a cluster on Google Cloud."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.all_of import look_at_all
from cluster_provision.checks.base import CheckOf
from cluster_provision.checks.gcp.file_shares import file_shares
from cluster_provision.checks.gcp.image import image
from cluster_provision.checks.gcp.location import zone
from cluster_provision.checks.gcp.machine_type import machine_type
from cluster_provision.checks.gcp.network import network
from cluster_provision.checks.gcp.orchestrator import orchestrator
from cluster_provision.checks.gcp.permissions import permissions
from cluster_provision.checks.gcp.price import price
from cluster_provision.checks.gcp.quotas import quotas
from cluster_provision.checks.gcp.reservation import reservation
from cluster_provision.checks.gcp.service_account import service_account
from cluster_provision.checks.gcp.services import apis

if TYPE_CHECKING:
    from cluster_provision.checks.base import Finding
    from cluster_provision.checks.gcp.subject import GcpSubject

CHECKS = (
    CheckOf("apis", apis),
    CheckOf("permissions", permissions),
    CheckOf("orchestrator", orchestrator, skippable=False),
    CheckOf("zone", zone, skippable=False),
    CheckOf("machine-type", machine_type),
    CheckOf("network", network, skippable=False),
    CheckOf("reservation", reservation, skippable=False),
    CheckOf("file shares", file_shares, skippable=False),
    CheckOf("image", image, skippable=False),
    CheckOf("quotas", quotas),
    CheckOf("price", price),
    CheckOf("service account", service_account, skippable=False),
)


def look(subject: GcpSubject) -> Finding:
    """Return what all checks found, in their order. SKIP_CHECKS may name some to skip."""
    return look_at_all(CHECKS, subject, subject.settings.skip_checks)
