"""A cluster's control plane by its name, `gke-….gke.goog`: Google's front, which asks IAM, and Kubernetes behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_cloud.exchange import Answer
from embedded_cloud.google.container.names import clusters, pools_of
from embedded_cloud.google.container.nodes import instances

if TYPE_CHECKING:
    from embedded_cloud.exchange import Request
    from embedded_cloud.google.call import Context
    from embedded_cloud.store import Body

SUFFIX = ".gke.goog"


def answer(context: Context, request: Request) -> Answer:
    """The answer of the control plane with this host name."""
    with context.store.lock:
        found = next(
            ((path, body) for path, body in clusters(context.store) if _host(body) == request.host),
            None,
        )
        if found is None:
            return _status(404, "NotFound", "the server could not find the requested resource")
        path, cluster = found
        if not request.headers.get("authorization"):
            return _refused(401, "Request is missing required authentication credential.", "UNAUTHENTICATED")
        if not cluster["controlPlaneEndpointsConfig"]["dnsEndpointConfig"].get("allowExternalTraffic"):
            return _refused(403, "External traffic to the DNS endpoint is not allowed.", "PERMISSION_DENIED")
        return _kubernetes(context, request, path, cluster)


def _kubernetes(context: Context, request: Request, path: str, cluster: Body) -> Answer:
    if request.path in ("/readyz", "/livez", "/healthz"):
        return Answer.text("ok")
    if request.path == "/version":
        version = cluster["currentMasterVersion"]
        major, minor = version.split(".")[:2]
        return Answer.json({"major": major, "minor": minor, "gitVersion": f"v{version}", "platform": "linux/amd64"})
    if request.path == "/api/v1/nodes":
        return Answer.json({"kind": "NodeList", "apiVersion": "v1", "items": _nodes(context, path)})
    return _status(404, "NotFound", "the server could not find the requested resource")


def _nodes(context: Context, path: str) -> list[Body]:
    return [
        {
            "metadata": {"name": name, "labels": {"cloud.google.com/gke-nodepool": pool["name"]}},
            "spec": {"providerID": f"gce://{path.split('/')[1]}/{body['zone'].rpartition('/')[2]}/{name}"},
            "status": {
                "conditions": [{"type": "Ready", "status": "True" if body["status"] == "RUNNING" else "Unknown"}],
                "allocatable": _allocatable(pool),
            },
        }
        for pool in pools_of(context.store, path).values()
        for name, body in instances(context, pool).items()
    ]


def _allocatable(pool: Body) -> dict[str, str]:
    """The resources that pods may ask for: GPUs, whose drivers exist at once."""
    count = sum(int(each["acceleratorCount"]) for each in pool["config"].get("accelerators", ()))
    return {"nvidia.com/gpu": str(count)} if count else {}


def _host(cluster: Body) -> str:
    return str(cluster["controlPlaneEndpointsConfig"]["dnsEndpointConfig"]["endpoint"])


def _refused(code: int, message: str, status: str) -> Answer:
    """A refusal by Google's front."""
    return Answer.json({"error": {"code": code, "message": message, "status": status}}, code)


def _status(code: int, reason: str, message: str) -> Answer:
    """A refusal by Kubernetes itself."""
    body: dict[str, Any] = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
    return Answer.json({**body, "message": message, "reason": reason, "code": code}, code)
