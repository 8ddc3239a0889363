"""Managed identities and resource groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.azure.bodies import read, with_value
from embedded_cloud.azure.identifiers import guid
from embedded_cloud.azure.login import TENANT

if TYPE_CHECKING:
    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body


def identity(call: Call, old: Body | None, body: Body) -> Body:
    for name in ("principalId", "clientId"):
        number = read(old, f"properties.{name}") if old else guid(call.store, f"{name} {body['id'].lower()}")
        body = with_value(body, f"properties.{name}", number)
    return with_value(body, "properties.tenantId", TENANT)


def resource_group(call: Call, old: Body | None, body: Body) -> Body:
    body = {**body, "properties": {"provisioningState": "Succeeded"}}
    if old is not None and old.get("tags") and "tags" not in body:
        body["tags"] = {}
    return body


DEFAULTS = {
    "Microsoft.ManagedIdentity/userAssignedIdentities": identity,
    "Microsoft.Resources/subscriptions/resourceGroups": resource_group,
}
