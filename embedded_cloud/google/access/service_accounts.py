"""Service accounts."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Any

from embedded_cloud.google.access import policies
from embedded_cloud.google.access.account_names import collection, default_account, mail_of, project_of
from embedded_cloud.google.compute.initial_state import project_number
from embedded_cloud.google.failure import ApiError, invalid, not_emulated
from embedded_cloud.google.pages import page

if TYPE_CHECKING:
    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body

ACCOUNT_ID = re.compile(r"[a-z](?:[-a-z0-9]{4,28}[a-z0-9])")
PREFIX = "iam.projects.serviceAccounts."


def answer(call: Call) -> Any:
    """The method's result; raises ApiError."""
    if not call.method.id.startswith(PREFIX):
        raise not_emulated(f"the method {call.method.id}")
    verb = call.method.id.removeprefix(PREFIX)
    if verb == "create":
        return create(call)
    if verb == "list":
        return listing(call)
    if verb in ON_ONE:
        return ON_ONE[verb](call, _account(call))
    raise not_emulated(f"the method {call.method.id}")


def create(call: Call) -> Body:
    project, name = call.segments[2], str(call.body.get("accountId", ""))
    if not ACCOUNT_ID.fullmatch(name):
        raise invalid(
            f"Invalid service account ID {name!r}: it must have 6 to 30 lower-case letters, digits and hyphens."
        )
    mail = mail_of(name, project)
    if call.store.get(collection(project), mail) is not None:
        told = f"Service account {mail.partition('@')[0]} already exists within project projects/{project}."
        raise ApiError(409, "alreadyExists", told)
    given = call.body.get("serviceAccount") or {}
    body = account(project, mail, call.store.next_id())
    return call.store.put(collection(project), mail, {**body, **_texts(given)})


def account(project: str, mail: str, number: str) -> Body:
    """A service account as the API shows it."""
    return {
        "name": f"projects/{project}/serviceAccounts/{mail}",
        "projectId": project,
        "uniqueId": "1" + number.zfill(20)[-20:],
        "email": mail,
        "etag": "MDEwMjE5MjA=",
        "oauth2ClientId": "1" + number.zfill(20)[-20:],
    }


def listing(call: Call) -> Body:
    items = list(call.store.each(collection(call.segments[2])).items())
    found, following = page(items, call.one("pageSize"), call.one("pageToken"), most=100)
    answer: Body = {"accounts": found} if found else {}
    return {**answer, "nextPageToken": following} if following else answer


def _account(call: Call) -> Body:
    """The account that the call names by e-mail or number, in a project or in `-`. Raises ApiError.

    In `-`, one that doesn't exist is refused: cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/get.
    """
    project, name = call.resource[2], call.resource[4]
    if project == "-":
        project = project_of(name) or project
    rows = call.store.each(collection(project))
    found = rows.get(name) or next((body for body in rows.values() if body["uniqueId"] == name), None)
    if found is None and (title := default_account(name)):
        found = {**account(project, name, project_number(project)), "displayName": title}
    if found is None and call.resource[2] == "-":
        told = "Permission 'iam.serviceAccounts.get' denied on resource (or it may not exist)."
        raise ApiError(403, "forbidden", told)
    if found is None:
        raise ApiError(404, "notFound", f"Unknown service account: {name}")
    return found


def _delete(call: Call, found: Body) -> Body:
    call.store.delete(collection(found["projectId"]), found["email"])
    call.store.delete_below(_full_name(found))
    policies.forget_account(call.store, found["email"], found["uniqueId"])
    return {}


def _patch(call: Call, found: Body) -> Body:
    mask = {part.strip() for part in str(call.body.get("updateMask", "")).split(",")}
    given = call.body.get("serviceAccount") or {}
    changes = {k: v for k, v in _texts(given).items() if k in mask or _snake(k) in mask}
    return call.store.put(collection(found["projectId"]), found["email"], {**found, **changes})


def _update(call: Call, found: Body) -> Body:
    return call.store.put(collection(found["projectId"]), found["email"], {**found, **_texts(call.body)})


def _enable(call: Call, found: Body) -> Body:
    kept = {k: v for k, v in found.items() if k != "disabled"}
    call.store.put(collection(found["projectId"]), found["email"], kept)
    return {}


def _disable(call: Call, found: Body) -> Body:
    call.store.put(collection(found["projectId"]), found["email"], {**found, "disabled": True})
    return {}


def _get_policy(call: Call, found: Body) -> Body:
    return policies.read(call.store, _full_name(found), int(call.one("options.requestedPolicyVersion", "1")))


def _set_policy(call: Call, found: Body) -> Body:
    return policies.write(call.store, _full_name(found), call.body.get("policy") or {})


def _keys(call: Call, found: Body) -> Body:
    name = f"{found['name']}/keys/{found['uniqueId']}"
    return {"keys": [{"name": name, "keyType": "SYSTEM_MANAGED", "keyAlgorithm": "KEY_ALG_RSA_2048"}]}


def _sign(call: Call, found: Body) -> Body:
    return {"keyId": "rehearsal", "signature": base64.b64encode(b"rehearsal").decode()}


ON_ONE = {
    "get": lambda call, found: found,
    "delete": _delete,
    "patch": _patch,
    "update": _update,
    "enable": _enable,
    "disable": _disable,
    "getIamPolicy": _get_policy,
    "setIamPolicy": _set_policy,
    "testIamPermissions": lambda call, found: {"permissions": call.body.get("permissions", [])},
    "keys.list": _keys,
    "signBlob": _sign,
}


def _full_name(found: Body) -> str:
    return f"{collection(found['projectId'])}/{found['email']}"


def _texts(given: Body) -> Body:
    return {k: given[k] for k in ("displayName", "description") if given.get(k) is not None}


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
