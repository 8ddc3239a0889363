"""Checks whether the caller may make a call. Each call is an action, by the name that roles use.

https://learn.microsoft.com/azure/role-based-access-control/role-definitions, and of those that aren't named by the rule
https://learn.microsoft.com/azure/role-based-access-control/resource-provider-operations (read 2026-11-29)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.azure import tokens
from embedded_cloud.azure.access.roles import known_principals, may_act
from embedded_cloud.azure.failure import ArmError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from embedded_cloud.azure.call import Call

VERBS = {"PUT": "write", "PATCH": "write", "DELETE": "delete"}
ODD = {
    "/providers/read": "Microsoft.Resources/subscriptions/providers/read",
    "microsoft.dbformysql/locations/operations/read": "Microsoft.DBforMySQL/locations/azureAsyncOperation/read",
    "microsoft.keyvault/locations/operations/read": "Microsoft.KeyVault/locations/operationResults/read",
    "microsoft.dashboard/locations/operations/read": "Microsoft.Dashboard/locations/operationStatuses/read",
    "microsoft.monitor/locations/operations/read": "Microsoft.Monitor/locations/operationStatuses/read",
    "microsoft.netapp/locations/operations/read": "Microsoft.NetApp/locations/operationresults/read",
    "microsoft.resources/locations/operations/read": "Microsoft.Resources/subscriptions/operationresults/read",
    "microsoft.resources/locations/operationresults/read": "Microsoft.Resources/subscriptions/operationresults/read",
    "microsoft.storage/checknameavailability/action": "Microsoft.Storage/checknameavailability/read",
    "microsoft.storage/locations/operations/read": "Microsoft.Storage/operations/read",
    "microsoft.storage/locations/operationresults/read": "Microsoft.Storage/operations/read",
}


def check_allowed(call: Call) -> None:
    """Raise ArmError (403) where the caller may not do this: a machine's identity that has no role for it, and whoever
    else where conditions.json says so."""
    action, claims = action_of(call), tokens.bearer(call.request) or {}
    if not _is_allowed(call, action, str(claims.get("oid") or "")):
        raise ArmError(
            403,
            "AuthorizationFailed",
            f"The client '{claims.get('appid')}' with object id '{claims.get('oid')}' does not have authorization to "
            f"perform action '{action}' over scope '{call.id.path}' or the scope is invalid. If access was recently "
            "granted, please refresh your credentials.",
        )


def _is_allowed(call: Call, action: str, principal: str) -> bool:
    with call.store.lock:
        if principal in known_principals(call.store):
            return may_act(call.store, principal, call.id.path, action)
    conditions = call.context.conditions
    denied, role = _lowered(conditions.denied), conditions.role
    return action.lower() not in denied and (role is None or action.lower() in _lowered(role))


def action_of(call: Call) -> str:
    """The call's action by the name that roles use."""
    kind, rest = call.id.type, call.id.rest
    whole = f"{kind}/{rest}" if rest else kind
    action = "action" if call.request.method == "POST" else VERBS.get(call.request.method, "read")
    return ODD.get(f"{whole}/{action}".lower(), f"{whole}/{action}")


def _lowered(actions: Iterable[str]) -> set[str]:
    return {each.lower() for each in actions}
