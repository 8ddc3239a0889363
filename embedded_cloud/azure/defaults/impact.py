"""Reports of guests' health, of which Azure takes those that it can act on.

https://learn.microsoft.com/azure/azure-impact-reporting/guest-health-impact-report (read 2026-12-01): a name that was
used before, a category that isn't listed and a machine that isn't there are refused; the texts are this program's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloud_facts.azure.guest_health import categories
from embedded_cloud.azure.bodies import read, with_value
from embedded_cloud.azure.failure import ArmError
from embedded_cloud.azure.identifiers import guid
from embedded_cloud.azure.references import find

if TYPE_CHECKING:
    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body


def report(call: Call, old: Body | None, body: Body) -> Body:
    if old is not None:
        raise ArmError(409, "Conflict", f"The workload impact '{body['name']}' exists already.")
    category = read(body, "properties.impactCategory")
    if category not in categories():
        raise ArmError(400, "InvalidImpactCategory", f"The impact category '{category}' is not allowed.")
    if not read(body, "properties.additionalProperties.PhysicalHostName"):
        raise ArmError(400, "InvalidRequestContent", "PhysicalHostName is required.")
    resource = str(read(body, "properties.impactedResourceId"))
    if find(call.store, resource) is None:
        raise ArmError(404, "NotFound", f"The impacted resource '{resource}' was not found.")
    body = with_value(body, "properties.impactUniqueId", guid(call.store, f"impact {body['id'].lower()}"))
    return with_value(body, "properties.provisioningState", "Succeeded")


DEFAULTS = {"Microsoft.Impact/workloadImpacts": report}
