"""Buckets and their policies."""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

from embedded_cloud.google.access import policies
from embedded_cloud.google.compute.initial_state import project_number
from embedded_cloud.google.discovery import api
from embedded_cloud.google.failure import ApiError, invalid
from embedded_cloud.google.pages import page
from embedded_cloud.google.storage import preconditions
from embedded_cloud.google.storage.names import BUCKETS, archived, bucket, bucket_name, live
from embedded_cloud.google.validation import check, without_output_fields
from embedded_cloud.merging import merged
from embedded_cloud.times import zulu

if TYPE_CHECKING:
    from embedded_cloud.exchange import Request
    from embedded_cloud.store import Body, Store

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,220}[a-z0-9]")
MULTI_REGIONS = frozenset({"US", "EU", "ASIA"})
SOFT_DELETE_SECONDS = 604800
PROJECT = "x-project"  # kept, never shown


def insert(store: Store, request: Request, body: Body) -> Body:
    """Make a bucket; names are one space for all projects."""
    check(api("storage.v1"), {"$ref": "Bucket"}, body, "", "storage.buckets.insert")
    project, name = request.one("project"), str(body.get("name", ""))
    if not project:
        raise ApiError(400, "required", "Required parameter: project")
    check_name(name)
    if (there := store.get(BUCKETS, name)) is not None:
        if there["projectNumber"] == project_number(project):
            message = "Your previous request to create the named bucket succeeded and you already own it."
        else:
            message = (
                "The requested bucket name is not available. The bucket namespace is shared by all users of the"
                " system. Please select a different name and try again."
            )
        raise ApiError(409, "conflict", message)
    return shown(store.put(BUCKETS, name, new_bucket(name, project, body)))


def check_name(name: str) -> None:
    if not NAME.fullmatch(name) or ".." in name or name.startswith("goog"):
        raise invalid(f"Invalid bucket name: '{name}'")


def new_bucket(name: str, project: str, given: Body) -> Body:
    """The whole bucket, with what the API fills in."""
    now = zulu()
    location = str(given.get("location") or "US").upper()
    several = location in MULTI_REGIONS
    body: Body = {
        "kind": "storage#bucket",
        "id": name,
        "selfLink": f"https://www.googleapis.com/storage/v1/b/{name}",
        "projectNumber": project_number(project),
        PROJECT: project,
        "storageClass": "STANDARD",
        **without_output_fields(api("storage.v1"), "Bucket", given),
        "name": name,
        "location": location,
        "locationType": "multi-region" if several else "region",
        "timeCreated": now,
        "updated": now,
        "metageneration": "1",
        "generation": "1",
    }
    if several:
        body.setdefault("rpo", "DEFAULT")
    _complete(body)
    return body


def get(store: Store, request: Request, name: str) -> Body:
    found = bucket(store, name)
    preconditions.check(request.query, found, reading=True)
    return shown(found)


def listing(store: Store, request: Request) -> Body:
    number = project_number(request.one("project"))
    rows = [
        (name, shown(body))
        for name, body in store.each(BUCKETS).items()
        if body["projectNumber"] == number and name.startswith(request.one("prefix"))
    ]
    found, following = page(rows, request.one("maxResults"), request.one("pageToken"), most=1000)
    answer: Body = {"kind": "storage#buckets"}
    if found:
        answer["items"] = found
    return {**answer, "nextPageToken": following} if following else answer


def patch(store: Store, request: Request, name: str, given: Body) -> Body:
    """Merge: null removes a field or a label, lists are replaced."""
    found = bucket(store, name)
    preconditions.check(request.query, found)
    check(api("storage.v1"), {"$ref": "Bucket"}, given, "", "storage.buckets.patch")
    return _changed(store, found, merged(found, given))


def update(store: Store, request: Request, name: str, given: Body) -> Body:
    found = bucket(store, name)
    preconditions.check(request.query, found)
    check(api("storage.v1"), {"$ref": "Bucket"}, given, "", "storage.buckets.update")
    stays = (
        PROJECT,
        "kind",
        "id",
        "selfLink",
        "projectNumber",
        "name",
        "location",
        "locationType",
        "timeCreated",
        "generation",
    )
    return _changed(store, found, {**given, **{k: found[k] for k in (*stays, "metageneration")}})


def delete(store: Store, request: Request, name: str) -> None:
    found = bucket(store, name)
    preconditions.check(request.query, found)
    if store.each(live(name)) or store.each(archived(name)):
        raise ApiError(409, "conflict", "The bucket you tried to delete is not empty.")
    store.delete(BUCKETS, name)
    store.delete_below(bucket_name(name))


def get_policy(store: Store, request: Request, name: str) -> Body:
    version = int(request.one("optionsRequestedPolicyVersion") or 1)
    return _policy(name, policies.read(store, bucket_name(name), version, _default(store, name)))


def set_policy(store: Store, name: str, given: Body) -> Body:
    default = _default(store, name)
    try:
        return _policy(name, policies.write(store, bucket_name(name), given, default))
    except ApiError as refused:
        if refused.code == 409:
            raise ApiError(412, "conditionNotMet", "Precondition Failed") from None
        raise


def test_permissions(store: Store, request: Request, name: str) -> Body:
    bucket(store, name)
    return {"kind": "storage#testIamPermissionsResponse", "permissions": request.query.get("permissions", [])}


def add_existing(store: Store, name: str, project: str) -> None:
    """Keep a bucket that an env file names, as existing before."""
    if store.get(BUCKETS, name) is None:
        check_name(name)
        given = {"iamConfiguration": {"uniformBucketLevelAccess": {"enabled": True}}}
        store.put(BUCKETS, name, new_bucket(name, project, given), before=True)


def shown(body: Body) -> Body:
    return {k: v for k, v in body.items() if k not in ("acl", "defaultObjectAcl", PROJECT)}


def etag(generation: str, metageneration: str) -> str:
    return base64.b64encode(f"{generation}/{metageneration}".encode()).decode()


def _changed(store: Store, old: Body, body: Body) -> Body:
    body["metageneration"] = str(int(old["metageneration"]) + 1)
    body["updated"] = zulu()
    _complete(body)
    store.put(BUCKETS, old["name"], body)
    return shown(body)


def _complete(body: Body) -> None:
    body["etag"] = etag(body["generation"], body["metageneration"])
    access = dict(body.get("iamConfiguration") or {})
    uniform = dict(access.get("uniformBucketLevelAccess") or access.get("bucketPolicyOnly") or {})
    uniform.setdefault("enabled", False)
    if uniform["enabled"]:
        uniform.setdefault("lockedTime", "2099-01-01T00:00:00.000Z")
    access |= {"uniformBucketLevelAccess": uniform, "bucketPolicyOnly": uniform}
    access.setdefault("publicAccessPrevention", "inherited")
    body["iamConfiguration"] = access
    soft = dict(body.get("softDeletePolicy") or {})
    soft["retentionDurationSeconds"] = str(soft.get("retentionDurationSeconds", SOFT_DELETE_SECONDS))
    if soft["retentionDurationSeconds"] != "0":
        soft.setdefault("effectiveTime", body["timeCreated"])
    body["softDeletePolicy"] = soft


def _default(store: Store, name: str) -> list[Body]:
    """What a new bucket's policy holds."""
    project = bucket(store, name)[PROJECT]
    owners = [f"projectEditor:{project}", f"projectOwner:{project}"]
    return [
        {"role": "roles/storage.legacyBucketOwner", "members": owners},
        {"role": "roles/storage.legacyBucketReader", "members": [f"projectViewer:{project}"]},
    ]


def _policy(name: str, policy: Body) -> Body:
    return {"kind": "storage#policy", "resourceId": f"projects/_/buckets/{name}", **policy}
