"""Subscriptions, their tenant, their locations, and where the cloud's endpoints are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_cloud.azure.compute.sizes import LOCATIONS
from embedded_cloud.azure.login import HOST as LOGIN
from embedded_cloud.azure.login import TENANT
from embedded_cloud.exchange import Answer

if TYPE_CHECKING:
    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body


def answer(call: Call) -> Answer:
    """`/subscriptions/S`, which is the tenant's whatever its number is, and `/tenants`."""
    if call.request.segments[0].lower() == "tenants":
        return Answer.json({"value": [{"id": f"/tenants/{TENANT}", "tenantId": TENANT, "displayName": "Rehearsal"}]})
    if not call.id.subscription:
        return Answer.json({"value": []})
    return Answer.json(_subscription(call.id.subscription))


def locations(call: Call) -> Answer:
    base = f"/subscriptions/{call.id.subscription}/locations"
    made = [
        {"id": f"{base}/{name}", "name": name, "displayName": shown, "regionalDisplayName": shown, "type": "Region"}
        for name, shown in LOCATIONS.items()
    ]
    return Answer.json({"value": made})


def endpoints() -> Body:
    """`/metadata/endpoints`, as Terraform's backend and others ask for it (api-version 2022-09-01)."""
    return {
        "name": "AzureCloud",
        "portal": "https://portal.azure.com",
        "authentication": {
            "loginEndpoint": f"https://{LOGIN}/",
            "audiences": ["https://management.core.windows.net/", "https://management.azure.com/"],
            "tenant": "common",
            "identityProvider": "AAD",
        },
        "graphAudience": "https://graph.windows.net/",
        "graph": "https://graph.windows.net/",
        "microsoftGraphResourceId": "https://graph.microsoft.com/",
        "resourceManager": "https://management.azure.com/",
        "suffixes": {"storage": "core.windows.net", "keyVaultDns": "vault.azure.net"},
    }


def _subscription(number: str) -> dict[str, Any]:
    return {
        "id": f"/subscriptions/{number}",
        "subscriptionId": number,
        "tenantId": TENANT,
        "displayName": "Rehearsal",
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "EnterpriseAgreement_2014-09-01",
        },
        "authorizationSource": "RoleBased",
    }
