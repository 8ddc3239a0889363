"""IAM policies of any resource: bindings with conditions, etags, and whom they may name."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from typing import TYPE_CHECKING

from embedded_cloud.google.access.account_names import exists
from embedded_cloud.google.access.custom_roles import role_of
from embedded_cloud.google.failure import ApiError, invalid

if TYPE_CHECKING:
    from embedded_cloud.store import Body, Store

EMPTY_ETAG = "ACAB"  # what the real API gives for a policy that was never set
ROW = "iamPolicy"
MEMBER = re.compile(
    r"allUsers|allAuthenticatedUsers|projectOwner:.+|projectEditor:.+|projectViewer:.+"
    r"|(?:deleted:)?(?:user|group|serviceAccount|domain|principal|principalSet):.+"
)
STALE = "There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff."


def read(store: Store, resource: str, version: int, default: list[Body] | None = None) -> Body:
    """The policy of the resource with this full name; `default` are the bindings of one never set."""
    kept = store.get(resource, ROW)
    bindings = kept["bindings"] if kept else (default or [])
    conditional = any("condition" in each for each in bindings)
    policy: Body = {"version": 3 if conditional and version >= 3 else 1, "etag": _etag(kept, default)}
    if bindings:
        policy["bindings"] = [_without_condition(each) if version < 3 else each for each in bindings]
    return policy


def write(store: Store, resource: str, policy: Body, default: list[Body] | None = None) -> Body:
    """Replace the policy. Raises ApiError where it was changed meanwhile, or the new one is invalid."""
    kept = store.get(resource, ROW)
    if policy.get("etag") and policy["etag"] != _etag(kept, default):
        raise ApiError(409, "aborted", STALE, "ABORTED")
    bindings = _cleaned(policy.get("bindings") or [])
    if any("condition" in each for each in bindings) and int(policy.get("version") or 0) < 3:
        raise invalid("Invalid argument: a policy with conditions must be of version 3.")
    for binding in bindings:
        _check_role(store, str(binding["role"]))
        for member in binding["members"]:
            _check_member(store, member)
    if _key(bindings) == _key(default or []):
        store.delete(resource, ROW)
    else:
        store.put(resource, ROW, {"bindings": bindings}, before=False)
    return read(store, resource, 3, default)


def forget_account(store: Store, mail: str, number: str) -> None:
    """Mark a service account as deleted in all policies that name it, as Google does."""
    gone = f"deleted:serviceAccount:{mail}?uid={number}"
    for resource in store.collections():
        kept = store.get(resource, ROW)
        if kept is None:
            continue
        named = [
            {**each, "members": _renamed(each["members"], f"serviceAccount:{mail}", gone)} for each in kept["bindings"]
        ]
        if named != kept["bindings"]:
            store.put(resource, ROW, {"bindings": named})


def _renamed(members: list[str], old: str, new: str) -> list[str]:
    return sorted(new if member == old else member for member in members)


def _check_role(store: Store, role: str) -> None:
    if role.startswith("projects/") and role_of(store, role) is None:
        raise invalid(f"Role {role} does not exist in the resource's hierarchy.")


def _check_member(store: Store, member: str) -> None:
    if not MEMBER.fullmatch(member):
        raise invalid(f"Invalid argument: The member {member} is of an unknown type.")
    kind, _, mail = member.partition(":")
    if kind == "serviceAccount" and not exists(store, mail):
        raise ApiError(400, "badRequest", f"Service account {mail} does not exist.")


def _cleaned(bindings: list[Body]) -> list[Body]:
    """The bindings, merged by role and condition, with each member once and without empty ones."""
    merged: dict[str, Body] = {}
    for each in bindings:
        key = json.dumps([each.get("role"), each.get("condition")], sort_keys=True)
        known = merged.setdefault(key, {"role": each.get("role", ""), "members": []})
        if each.get("condition"):
            known["condition"] = each["condition"]
        known["members"] = sorted({*known["members"], *(each.get("members") or ())})
    return [each for each in merged.values() if each["members"]]


def _without_condition(binding: Body) -> Body:
    """The binding as a caller sees it who doesn't know conditions."""
    if "condition" not in binding:
        return binding
    digest = hashlib.sha256(json.dumps(binding["condition"], sort_keys=True).encode()).hexdigest()[:20]
    return {"role": f"{binding['role']}_withcond_{digest}", "members": binding["members"]}


def _etag(kept: Body | None, default: list[Body] | None) -> str:
    if kept is None and not default:
        return EMPTY_ETAG
    digest = hashlib.sha256(_key(kept["bindings"] if kept else default or []).encode()).digest()
    return base64.b64encode(digest[:8]).decode()


def _key(bindings: list[Body]) -> str:
    return json.dumps(sorted(bindings, key=lambda b: json.dumps(b, sort_keys=True)), sort_keys=True)
