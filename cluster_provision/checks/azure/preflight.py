"""The checks of a cluster on Azure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.all_of import look_at_all
from cluster_provision.checks.azure.image import image
from cluster_provision.checks.azure.location import location
from cluster_provision.checks.azure.machine_type import size
from cluster_provision.checks.azure.permissions import permissions
from cluster_provision.checks.azure.price import price
from cluster_provision.checks.azure.quotas import quotas
from cluster_provision.checks.azure.services import namespaces
from cluster_provision.checks.azure.surroundings import services
from cluster_provision.checks.base import CheckOf

if TYPE_CHECKING:
    from cluster_provision.checks.azure.subject import AzureSubject
    from cluster_provision.checks.base import Finding

CHECKS = (
    CheckOf("apis", namespaces),
    CheckOf("permissions", permissions),
    CheckOf("location", location, skippable=False),
    CheckOf("services", services, skippable=False),
    CheckOf("machine-type", size),
    CheckOf("image", image, skippable=False),
    CheckOf("quotas", quotas),
    CheckOf("price", price),
)


def look(subject: AzureSubject) -> Finding:
    """Return what all checks found, in their order. SKIP_CHECKS may name some to skip."""
    return look_at_all(CHECKS, subject, subject.settings.skip_checks)
