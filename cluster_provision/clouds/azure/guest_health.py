"""Tells Azure of a faulty physical machine: Guest Health Reporting, a preview.

https://learn.microsoft.com/azure/azure-impact-reporting/guest-health-impact-report (read 2026-12-01): the call, the
names of the fields, whose case counts, and which of them are required.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster_provision.errors import PermissionDenied

if TYPE_CHECKING:
    from cluster_provision.clouds.azure.api import AzureApi

VERSION = "2025-01-01-preview"
RIGHTS = (
    'Reports need the role "Impact Reporter" on the subscription, or one with '
    "Microsoft.Impact/workloadImpacts/write (docs/azure-permissions.md). Nothing was sent."
)


@dataclass(frozen=True)
class GuestHealthReport:
    """A report: on which physical machine (`host`) the virtual machine (`resource`, its id) runs, and what is wrong.

    `began` is when the fault was seen, in UTC as ISO 8601 has it. `category` is a whole name of
    cloud_facts.azure.guest_health.
    """

    resource: str
    host: str
    category: str
    description: str
    began: str

    def body(self) -> dict[str, Any]:
        """Return the report as Azure takes it."""
        return {
            "properties": {
                "startDateTime": self.began,
                "impactCategory": self.category,
                "impactDescription": self.description,
                "impactedResourceId": self.resource,
                "additionalProperties": {"PhysicalHostName": self.host},
            }
        }


def path_of(subscription: str, name: str) -> str:
    """Return where the report of this name goes; a name that was used before is refused."""
    return f"/subscriptions/{subscription}/providers/Microsoft.Impact/workloadImpacts/{name}"


def send(api: AzureApi, name: str, report: GuestHealthReport) -> str:
    """Send the report; returns its id. That Azure has taken it doesn't say that it will repair anything.

    Raises the error for the refusal (api.refusal): a namespace that isn't registered, a right that lacks, a
    subscription that isn't signed up.
    """
    doing = f"reporting {report.host} to Azure"
    try:
        told = api.call("PUT", path_of(api.subscription_id, name), VERSION, doing, report.body())
    except PermissionDenied as refused:
        raise PermissionDenied(refused.message, f"{refused.advice}\n{RIGHTS}") from None
    return str(told.get("id") or path_of(api.subscription_id, name))
