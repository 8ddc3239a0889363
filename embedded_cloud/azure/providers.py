"""Resource providers: the namespaces that a subscription has registered, or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloud_facts.azure.regions import regions
from embedded_cloud.azure.failure import ArmError
from embedded_cloud.azure.resource_types import resource_types
from embedded_cloud.exchange import Answer

if TYPE_CHECKING:
    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body

STATES = "//rehearsal/azure/registrations"  # only what was changed: all are registered at first
ALWAYS = ("microsoft.authorization", "microsoft.resources", "microsoft.marketplaceordering")
# Clients register them too, though no resources of theirs are kept here.
OTHERS = {"Microsoft.CostManagement", "Microsoft.MarketplaceOrdering"}
NAMED = sorted(OTHERS | {each.type.partition("/")[0] for each in resource_types().values()})


def check_registered(call: Call) -> None:
    """Raise ArmError where the subscription doesn't use the call's namespace."""
    namespace = call.id.namespace
    if _state(call, namespace) != "Registered":
        raise ArmError(
            409,
            "MissingSubscriptionRegistration",
            f"The subscription is not registered to use namespace '{namespace}'. See https://aka.ms/rps-not-found for "
            "how to register subscriptions.",
            [{"code": "MissingSubscriptionRegistration", "target": namespace, "message": "The subscription is not"}],
        )


def listing(call: Call) -> Answer:
    return Answer.json({"value": [_shown(call, each) for each in NAMED]})


def get(call: Call, namespace: str) -> Answer:
    return Answer.json(_shown(call, _named(namespace)))


def register(call: Call, namespace: str, state: str) -> Answer:
    """`state` is Registered or Unregistered."""
    name = _named(namespace)
    call.store.put(STATES, f"{call.id.subscription.lower()} {name.lower()}", {"state": state})
    return Answer.json(_shown(call, name))


def _named(namespace: str) -> str:
    found = next((each for each in NAMED if each.lower() == namespace.lower()), None)
    if found is None:
        raise ArmError(404, "InvalidResourceNamespace", f"The resource namespace '{namespace}' is invalid.")
    return found


def _state(call: Call, namespace: str) -> str:
    if namespace.lower() in ALWAYS:
        return "Registered"
    told = call.store.get(STATES, f"{call.id.subscription.lower()} {namespace.lower()}")
    off = {each.lower() for each in call.context.conditions.services_off}
    return str(told["state"]) if told else "NotRegistered" if namespace.lower() in off else "Registered"


def _shown(call: Call, namespace: str) -> Body:
    prefix = namespace + "/"
    types = [each.type.removeprefix(prefix) for each in resource_types().values() if each.type.startswith(prefix)]
    places = [each.display for each in regions().values()]
    return {
        "id": f"/subscriptions/{call.id.subscription}/providers/{namespace}",
        "namespace": namespace,
        "registrationPolicy": "RegistrationRequired",
        "registrationState": _state(call, namespace),
        "resourceTypes": [{"resourceType": each, "locations": places, "apiVersions": [call.version]} for each in types],
    }
