"""Subscriptions, their tenant, their locations, and where the cloud's endpoints are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cloud_facts.azure.regions import regions
from embedded_cloud.azure.login import HOST as LOGIN
from embedded_cloud.azure.login import TENANT
from embedded_cloud.exchange import Answer

if TYPE_CHECKING:
    from cloud_facts.azure.regions import Region
    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body, Store

NAME = "Rehearsal"
NAMED = ("//rehearsal/azure/subscriptions", "named")
OWN = "11111111-1111-4111-8111-111111111111"
"""The one that is found by its name; every other number is a subscription too."""


def answer(call: Call) -> Answer:
    """`/subscriptions/S`, which is the tenant's whatever its number is, and `/tenants`."""
    if call.request.segments[0].lower() == "tenants":
        return Answer.json({"value": [{"id": f"/tenants/{TENANT}", "tenantId": TENANT, "displayName": "Rehearsal"}]})
    if not call.id.subscription:
        name = (call.store.get(*NAMED) or {}).get("name") or NAME
        return Answer.json({"value": [_subscription(OWN, str(name))]})
    return Answer.json(_subscription(call.id.subscription))


def expect(store: Store, name: str) -> None:
    """Have the subscription that `/subscriptions` lists go by this name."""
    with store.lock:
        store.put(*NAMED, {"name": name})


def locations(call: Call) -> Answer:
    base = f"/subscriptions/{call.id.subscription}/locations"
    return Answer.json({"value": [_location(base, each) for each in regions().values()]})


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


def _location(base: str, region: Region) -> dict[str, Any]:
    return {
        "id": f"{base}/{region.name}",
        "name": region.name,
        "displayName": region.display,
        "regionalDisplayName": region.display,
        "type": "Region",
        "metadata": {
            "regionType": "Physical",
            "regionCategory": "Recommended" if region.zones else "Other",
            "geography": region.geography,
        },
    }


def _subscription(number: str, name: str = NAME) -> dict[str, Any]:
    return {
        "id": f"/subscriptions/{number}",
        "subscriptionId": number,
        "tenantId": TENANT,
        "displayName": name,
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "EnterpriseAgreement_2014-09-01",
        },
        "authorizationSource": "RoleBased",
    }
