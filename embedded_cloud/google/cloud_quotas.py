"""Cloud Quotas: the limits in conditions.json under `quota_infos`, and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_cloud.google.compute.initial_state import project_number
from embedded_cloud.google.failure import ApiError, not_emulated
from embedded_cloud.google.pages import page

if TYPE_CHECKING:
    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body


def answer(call: Call) -> Any:
    """The method's result; raises ApiError."""
    _, _, project, _, place, _, service, *_ = call.segments
    if place != "global":
        raise not_emulated(f"quotas in {place}")
    known = {name: _info(project, service, name, told) for name, told in call.context.conditions.quota_infos().items()}
    verb = call.method.id.rpartition(".")[2]
    if verb == "get":
        name = call.segments[-1]
        if name not in known:
            where = "/".join(call.segments[1:])
            raise ApiError(404, "notFound", f"Requested entity was not found: {where}", "NOT_FOUND")
        return known[name]
    found, following = page(sorted(known.items()), call.one("pageSize"), call.one("pageToken"))
    return {"quotaInfos": found, **({"nextPageToken": following} if following else {})}


def _info(project: str, service: str, name: str, told: list[dict[str, Any]]) -> Body:
    dimensions = sorted({key for each in told for key in each.get("dimensions", {})} | {"region"})
    return {
        "name": f"projects/{project_number(project)}/locations/global/services/{service}/quotaInfos/{name}",
        "quotaId": name,
        "service": service,
        "containerType": "PROJECT",
        "dimensions": dimensions,
        "dimensionsInfos": told,
    }
