"""Why machines can't be had, and the rules by which they can't."""

from __future__ import annotations

from typing import Any

NODE = "machines.rehearsal.internal"
STOCK_OUT = {
    "code": "ZONE_RESOURCE_POOL_EXHAUSTED",
    "message": "The zone 'projects/my-project-1/zones/us-central1-a' does not have enough resources available to "
    "fulfill the request.  '(resource type:compute)'.",
}
QUOTA = {
    "code": "QUOTA_EXCEEDED",
    "message": "Quota 'NVIDIA_A100_GPUS' exceeded.  Limit: 0.0 in region us-central1.",
}
DENIED = {
    "code": "PERMISSIONS_ERROR",
    "message": "Required 'compute.instances.create' permission for 'projects/my-project-1/zones/us-central1-a'",
}
IMPOSSIBLE = {
    "code": "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS",
    "message": "[pd-standard, n4-standard-16] features are not compatible for creating instance.",
}


def no_machine(why: dict[str, str], zone: str = "", **rule: Any) -> dict[str, Any]:
    """The rule by which machines can't be had, in one zone or in any."""
    return {"match": {"host": NODE, "method": "BOOT", "path": f"/{zone}"}, "status": 503, "body": why, **rule}
