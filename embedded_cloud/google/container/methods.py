"""Kubernetes Engine's methods by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cloud_facts.gcp.regions import regions, zones
from embedded_cloud.google.container import clusters, node_pools, operations
from embedded_cloud.google.container.names import collection, pools_of
from embedded_cloud.google.container.versions import server_config
from embedded_cloud.google.failure import ApiError, not_emulated

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.google.call import Call

PREFIX = "container.projects.locations."


def answer(call: Call) -> Any:
    """The method's result; raises ApiError."""
    method = METHODS.get(call.method.id.removeprefix(PREFIX))
    if method is None:
        raise not_emulated(f"the method {call.method.id}")
    location = call.segments[4]
    if location != "-" and location not in regions() and location not in zones():
        # https://github.com/terraform-google-modules/terraform-google-kubernetes-engine/issues/444 (2020-02)
        raise ApiError(400, "badRequest", f'Location "{location}" does not exist.')
    return method(call)


def _operation(call: Call) -> Any:
    """An operation in its present state."""
    _, _, project, _, location, _, name = call.resource
    place = operations.path(project, location, name)
    found = call.context.operations.get(place)
    if found is None:
        raise ApiError(404, "notFound", f"Not found: {place.removeprefix('container/')}.")
    target = found["targetLink"].partition("/v1/")[2].replace("/zones/", "/locations/", 1)
    _settle(call, target)
    return call.context.operations.get(place)


def _operations(call: Call) -> Any:
    """A place's operations; `-` is every place."""
    _, _, project, _, location = call.segments[:5]
    scope = f"container/projects/{project}/locations/"
    every = [(k, v) for k, v in call.context.operations.items() if k.startswith(scope)]
    for target in {v["targetLink"].partition("/v1/")[2].replace("/zones/", "/locations/", 1) for _, v in every}:
        _settle(call, target)
    found = [call.context.operations.get(k) for k, v in every if location in ("-", v["location"])]
    return {"operations": found} if found else {}


def _cancel(call: Call) -> Any:
    """Refuse to cancel a running operation: none can be here."""
    running = _operation(call)
    if running["status"] == "DONE":
        return {}
    text = f"Operation {running['name']} of type {running['operationType']} cannot be cancelled."
    raise ApiError(400, "failedPrecondition", text, "FAILED_PRECONDITION")


def _settle(call: Call, target: str) -> None:
    cluster = "/".join(target.split("/")[:6])
    for name in pools_of(call.store, cluster):
        node_pools.settle(call, f"{cluster}/nodePools/{name}")
    if call.store.get(*collection(cluster)) is not None:
        clusters.settle(call, cluster)


def _server_config(call: Call) -> Any:
    return server_config()


METHODS: dict[str, Callable[[Call], Any]] = {
    "getServerConfig": _server_config,
    "operations.get": _operation,
    "operations.list": _operations,
    "operations.cancel": _cancel,
    "clusters.create": clusters.create,
    "clusters.get": clusters.get,
    "clusters.list": clusters.listing,
    "clusters.delete": clusters.delete,
    "clusters.update": clusters.update,
    "clusters.setResourceLabels": clusters.set_labels,
    "clusters.setMaintenancePolicy": clusters.set_maintenance_policy,
    "clusters.nodePools.create": node_pools.create,
    "clusters.nodePools.get": node_pools.get,
    "clusters.nodePools.list": node_pools.listing,
    "clusters.nodePools.delete": node_pools.delete,
    "clusters.nodePools.setSize": node_pools.set_size,
    "clusters.nodePools.setAutoscaling": node_pools.set_autoscaling,
    "clusters.nodePools.setManagement": node_pools.set_management,
    "clusters.nodePools.update": node_pools.update,
}
