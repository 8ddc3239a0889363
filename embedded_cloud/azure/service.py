"""management.azure.com by path: regular resources go to resources.py, all others to modules of their own."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from embedded_cloud.azure import lists, providers, resource_groups, resources, subscriptions, tokens
from embedded_cloud.azure.access import role_calls, role_definitions, vaults
from embedded_cloud.azure.access.actions import check_allowed
from embedded_cloud.azure.call import Call
from embedded_cloud.azure.compute import images, scale_sets, sizes, virtual_machines
from embedded_cloud.azure.failure import ArmError, not_emulated
from embedded_cloud.azure.ids import parse
from embedded_cloud.azure.login import GUID, TENANT
from embedded_cloud.azure.network import nat_ports, private_endpoints
from embedded_cloud.azure.references import find
from embedded_cloud.azure.resource_types import type_named
from embedded_cloud.azure.storage import accounts as storage_accounts
from embedded_cloud.exchange import Answer

if TYPE_CHECKING:
    from embedded_cloud.azure.call import Context
    from embedded_cloud.exchange import Request

HOST = "management.azure.com"
VERBS = {
    "GET": resources.get,
    "HEAD": resources.head,
    "PUT": resources.put,
    "PATCH": resources.patch,
    "DELETE": resources.delete,
}
ACCOUNT = "microsoft.storage/storageaccounts"
ENDPOINT = private_endpoints.ENDPOINT
STORAGE = {
    ("microsoft.storage", "checknameavailability", "POST"): storage_accounts.check_name,
    (ACCOUNT, "listkeys", "POST"): storage_accounts.keys,
    (ACCOUNT, "", "DELETE"): storage_accounts.delete,
    (f"{ACCOUNT}/blobservices", "containers", "GET"): storage_accounts.containers,
    **{(f"{ACCOUNT}/blobservices", "", verb): storage_accounts.service for verb in ("GET", "PUT", "PATCH")},
    **{(f"{ACCOUNT}/blobservices/containers", "", verb): storage_accounts.container for verb in VERBS},
}
DEFINITIONS = {"GET": role_calls.get, "PUT": role_definitions.put, "DELETE": role_definitions.delete}
MACHINES = ("microsoft.compute/virtualmachinescalesets", "microsoft.compute/virtualmachines")


def answer(context: Context, request: Request) -> Answer:
    """Resource Manager's answer; raises ArmError. The store's lock is held for the whole call."""
    if request.segments == ["metadata", "endpoints"]:
        return Answer.json(subscriptions.endpoints())
    check_caller(request)
    if not request.one("api-version"):
        raise ArmError(
            400,
            "MissingApiVersionParameter",
            "The api-version query parameter (?api-version=) is required for all requests.",
        )
    try:
        body = request.json()
    except ValueError:
        raise ArmError(
            400, "InvalidRequestContent", "The request content was invalid and could not be deserialized."
        ) from None
    call = Call(context, request, parse("/" + "/".join(request.segments)), body)
    _check_subscription(call)
    check_allowed(call)
    with context.store.lock:
        return _route(call)


def check_caller(request: Request) -> None:
    """Raise ArmError (401) for a caller without a token, with one that has expired, or with another tenant's."""
    claims = tokens.bearer(request)
    if claims is None:
        raise ArmError(401, "AuthenticationFailed", "Authentication failed. The 'Authorization' header is missing.")
    now = time.time()
    if float(claims.get("exp") or 0) < now:
        raise ArmError(
            401,
            "ExpiredAuthenticationToken",
            f"The access token expiry UTC time '{_time(claims.get('exp') or 0)}' is earlier than current UTC time "
            f"'{_time(now)}'.",
        )
    if claims.get("tid") != TENANT:
        raise ArmError(
            401,
            "InvalidAuthenticationTokenTenant",
            f"The access token is from the wrong issuer '{claims.get('iss')}'. It must match the tenant "
            f"'https://sts.windows.net/{TENANT}/' associated with this subscription. Please use the authority (URL) "
            f"'https://login.windows.net/{TENANT}' to get the token.",
        )


def _check_subscription(call: Call) -> None:
    given = call.id.subscription
    if given and not GUID.fullmatch(given):
        raise ArmError(
            400, "InvalidSubscriptionId", f"The provided subscription identifier '{given}' is malformed or invalid."
        )


def _route(call: Call) -> Answer:
    lowered = [part.lower() for part in call.request.segments]
    for special in (_place, _vaults, _location, _terms, _storage, _authorization, _ports, _endpoints, _machines):
        if (answered := special(call, lowered)) is not None:
            return answered
    return _regular(call)


def _regular(call: Call) -> Answer:
    meant, verb = call.id, call.request.method
    if not meant.rest and type_named(meant.type) is not None:
        return VERBS[verb](call)
    if verb == "GET" and meant.rest:
        whole = f"{meant.type}/{meant.rest}" if meant.types else f"{meant.namespace}/{meant.rest}"
        if type_named(whole) is not None:
            return lists.of_type(call, whole, meant.path if meant.names else meant.scope)
    raise not_emulated(f"{verb} {call.request.host}{call.request.path}")


def _place(call: Call, lowered: list[str]) -> Answer | None:  # noqa: PLR0911 one line a kind of path
    """Calls about tenants, subscriptions, groups and namespaces, and lists of all types in them."""
    verb, below = call.request.method, lowered[2:]
    if lowered == ["tenants"] or (lowered[0] == "subscriptions" and not below):
        return subscriptions.answer(call)
    if below == ["locations"]:
        return subscriptions.locations(call)
    if below == ["resourcegroups"]:
        return lists.groups(call)
    if below[:1] == ["resourcegroups"] and len(below) == 2:
        return resource_groups.answer(call, VERBS)
    if lowered[-1] == "resources" and "providers" not in lowered:
        return lists.resources(call, "/" + "/".join(call.request.segments[:-1]))
    if below == ["providers"]:
        return providers.listing(call)
    if below[:1] == ["providers"] and len(below) == 2 and verb == "GET":
        return providers.get(call, call.request.segments[3])
    if below[:1] == ["providers"] and below[2:] in (["register"], ["unregister"]) and verb == "POST":
        return providers.register(call, call.request.segments[3], f"{below[2].capitalize()}ed")
    return None


def _location(call: Call, lowered: list[str]) -> Answer | None:
    """Calls about a location: operations, usages, sizes, images."""
    if call.id.namespace.lower() == "microsoft.compute" and call.id.rest.lower() == "skus":
        return sizes.skus(call)
    if "locations" not in lowered[4:6]:
        return None
    at = lowered.index("locations")
    location, rest = lowered[at + 1], lowered[at + 2 :]
    if rest[:1] == ["operations"]:
        return call.context.operations.status(rest[1])
    if rest[:1] == ["operationresults"]:
        return call.context.operations.result(rest[1])
    if rest == ["usages"] and call.id.namespace.lower() == "microsoft.compute":
        return sizes.usages(call, location)
    if rest[:1] == ["publishers"] and "versions" in rest:
        given = call.request.segments[at + 3 :]
        return images.versions(call, location, (given[0], given[4], given[6], *given[8:]))
    raise not_emulated(f"{call.request.method} {call.request.host}{call.request.path}")


def _vaults(call: Call, lowered: list[str]) -> Answer | None:
    return vaults.answer(call)


def _terms(call: Call, lowered: list[str]) -> Answer | None:
    """`offerTypes/virtualmachine/publishers/P/offers/O/plans/L/agreements/current`, `agreements/P/offers/O/plans/L`."""
    if call.id.namespace.lower() != "microsoft.marketplaceordering":
        return None
    given = call.request.segments
    word = "publishers" if "publishers" in lowered else "agreements"
    if not {word, "offers", "plans"} <= set(lowered):
        raise not_emulated(f"{call.request.method} {call.request.host}{call.request.path}")
    publisher, offer, plan = (given[lowered.index(each) + 1] for each in (word, "offers", "plans"))
    return images.agreement(call, publisher, offer, plan)


def _storage(call: Call, lowered: list[str]) -> Answer | None:
    found = STORAGE.get((call.id.type.lower(), call.id.rest.lower(), call.request.method))
    return found(call) if found else None


def _authorization(call: Call, lowered: list[str]) -> Answer | None:
    if call.id.namespace.lower() != "microsoft.authorization":
        return None
    if call.id.type.lower() == "microsoft.authorization/roledefinitions" and call.request.method in DEFINITIONS:
        return DEFINITIONS[call.request.method](call)
    if call.request.method != "GET":
        return None
    lists_of = {
        "roledefinitions": role_calls.listing,
        "roleassignments": role_calls.assignments,
        "permissions": role_calls.permissions,
    }
    found = lists_of.get(call.id.rest.lower())
    return found(call) if found else None


def _ports(call: Call, lowered: list[str]) -> Answer | None:
    asked = (call.id.type.lower(), call.id.rest.lower(), call.request.method)
    return nat_ports.query(call) if asked == (nat_ports.POOL, nat_ports.QUERY, "POST") else None


def _endpoints(call: Call, lowered: list[str]) -> Answer | None:
    asked = (call.id.type.lower(), call.id.rest, call.request.method)
    return private_endpoints.delete(call) if asked == (ENDPOINT, "", "DELETE") else None


def _machines(call: Call, lowered: list[str]) -> Answer | None:
    asked = (call.id.namespace.lower(), call.id.rest.lower(), call.request.method)
    if asked == ("microsoft.compute", "virtualmachines", "GET") and call.request.one("$filter"):
        return scale_sets.of_filter(call)
    if (call.id.type.lower(), asked[2]) == (virtual_machines.DISK.lower(), "DELETE"):
        return virtual_machines.delete_disk(call)
    if not call.id.type.lower().startswith(MACHINES):
        return None
    if call.id.type.lower() == MACHINES[1]:
        machine = find(call.store, call.id.path)
        if machine is None or virtual_machines.is_single(machine):
            return virtual_machines.answer(call, asked[1], asked[2])
    return scale_sets.answer(call)


def _time(seconds: float) -> str:
    return time.strftime("%m/%d/%Y %H:%M:%S", time.gmtime(float(seconds)))
