"""Clusters, with their first pool and all that belongs to them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from embedded_cloud.google.call import Slow
from embedded_cloud.google.container import defaults, networks, node_pools, operations
from embedded_cloud.google.container.compute import waits_of
from embedded_cloud.google.container.names import CONTAINER, cluster_path, collection, digest, found, pools_of, shown
from embedded_cloud.google.container.versions import order, resolve
from embedded_cloud.google.failure import ApiError
from embedded_cloud.google.validation import without_output_fields
from embedded_cloud.merging import merged

if TYPE_CHECKING:
    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body

NAME = re.compile(r"[a-z](?:[-a-z0-9]{0,38}[a-z0-9])?")
FIRST_POOL = "default-pool"


def create(call: Call) -> Body:
    given = without_output_fields(call.api, "Cluster", call.body.get("cluster") or {})
    parent = "/".join(call.segments[1:5])
    name = str(given.get("name", ""))
    if not NAME.fullmatch(name):
        text = f'Invalid value for field "cluster.name": "{name}". Must be a match of regex \'{NAME.pattern}\'.'
        raise ApiError(400, "badRequest", text)
    path = f"{parent}/clusters/{name}"
    if call.store.get(*collection(path)) is not None:
        raise ApiError(409, "alreadyExists", f"Already exists: {path}.")
    pools = given.get("nodePools") or [
        {
            "name": FIRST_POOL,
            "initialNodeCount": given.get("initialNodeCount") or 0,
            "config": given.get("nodeConfig") or {},
        }
    ]
    if not any(int(pool.get("initialNodeCount") or 0) for pool in pools):
        text = 'Invalid value for field "cluster.initial_node_count": 0. A cluster needs a node.'
        raise ApiError(400, "badRequest", text)
    cluster = defaults.new_cluster(call.store, path, given, call.store.next_id())
    call.store.put(*collection(path), cluster)
    networks.open_cluster(call, path, cluster)
    for pool in pools:
        node_pools.add(call, path, pool)
    operation = operations.begin(call, "CREATE_CLUSTER", path, done=False)
    _change(call, path, **{"x-operation": _place(operation)})
    return operation


def get(call: Call) -> Body:
    return view(call, cluster_path(call))


def listing(call: Call) -> Body:
    _, _, project, _, location = call.segments[:5]
    places = [c for c in call.store.collections() if c.startswith(f"{CONTAINER}projects/{project}/locations/")]
    paths = [
        f"{place.removeprefix(CONTAINER)}/{name}"
        for place in places
        if place.endswith("/clusters") and location in ("-", place.split("/")[6])
        for name in call.store.each(place)
    ]
    every = [view(call, path) for path in paths]
    return {"clusters": every} if every else {}


def delete(call: Call) -> Body | Slow:
    """Delete the cluster, its pools, and its rules and ranges in networks."""
    path = cluster_path(call)
    cluster = found(call.store, path)
    settle(call, path)
    refuse_while_busy(call, path)
    answers: list[Any] = []
    for name in pools_of(call.store, path):
        answers += node_pools.take_away(call, f"{path}/nodePools/{name}")
    networks.close_cluster(call, path, cluster)
    call.store.delete(*collection(path))
    operation = operations.begin(call, "DELETE_CLUSTER", path)
    waiting = waits_of(answers)
    return Slow(operation, waiting) if waiting else operation


def update(call: Call) -> Body:
    """Each of the request's `desired…` fields changes one part of the cluster, or of a pool."""
    path = cluster_path(call)
    cluster = found(call.store, path)
    given: Body = call.body.get("update") or {}
    refuse_while_busy(call, path)
    kind = "UPDATE_CLUSTER"
    for name, value in given.items():
        if name == "desiredNodePoolId":
            continue
        if name == "desiredNodePoolAutoscaling":
            pool = f"{path}/nodePools/{given['desiredNodePoolId']}"
            node_pools.change(call, pool, autoscaling=value if value.get("enabled") else {})
        elif name == "desiredMasterVersion":
            kind = "UPGRADE_MASTER"
            cluster = _upgraded(cluster, value)
        elif name == "desiredControlPlaneEndpointsConfig":
            asked = {"controlPlaneEndpointsConfig": merged(cluster["controlPlaneEndpointsConfig"], value)}
            cluster = {**cluster, **asked}
        elif name == "desiredAddonsConfig":
            cluster = {**cluster, "addonsConfig": merged(cluster["addonsConfig"], value)}
        elif name == "desiredEnableMultiNetworking":
            cluster = {**cluster, "networkConfig": {**cluster["networkConfig"], "enableMultiNetworking": value}}
        elif name == "desiredReleaseChannel":
            cluster = {**cluster, "releaseChannel": value}
        elif name == "desiredLocations":
            cluster = {**cluster, "locations": sorted(value)}
        elif name in PLAIN:
            cluster = {**cluster, PLAIN[name]: value}
        else:
            raise ApiError(501, "notImplemented", f"the embedded cloud of this rehearsal does not know {name}")
    call.store.put(*collection(path), {**cluster, "etag": digest(str(cluster))})
    return operations.begin(call, kind, path)


PLAIN = {
    "desiredShieldedNodes": "shieldedNodes",
    "desiredWorkloadIdentityConfig": "workloadIdentityConfig",
    "desiredLoggingConfig": "loggingConfig",
    "desiredMonitoringConfig": "monitoringConfig",
    "desiredDatabaseEncryption": "databaseEncryption",
    "desiredSecurityPostureConfig": "securityPostureConfig",
}


def set_labels(call: Call) -> Body:
    path = cluster_path(call)
    cluster = found(call.store, path)
    if call.body.get("labelFingerprint", cluster["labelFingerprint"]) != cluster["labelFingerprint"]:
        raise ApiError(412, "conditionNotMet", "Labels could not be set due to fingerprint mismatch.")
    labels = call.body.get("resourceLabels") or {}
    _change(call, path, resourceLabels=labels, labelFingerprint=digest(str(labels)))
    return operations.begin(call, "UPDATE_CLUSTER", path)


def set_maintenance_policy(call: Call) -> Body:
    path = cluster_path(call)
    found(call.store, path)
    policy = call.body.get("maintenancePolicy") or {}
    _change(call, path, maintenancePolicy={**policy, "resourceVersion": digest(str(policy))})
    return operations.begin(call, "SET_MAINTENANCE_POLICY", path)


def view(call: Call, path: str) -> Body:
    """The cluster as its readers see it now."""
    found(call.store, path)
    settle(call, path)
    cluster = shown(found(call.store, path))
    pools = [node_pools.view(call, f"{path}/nodePools/{name}") for name in pools_of(call.store, path)]
    conditions = [each for pool in pools for each in pool.get("conditions", ())]
    if conditions:
        cluster["conditions"] = conditions
    if pools:
        cluster["nodePools"] = pools
        cluster["nodeConfig"] = pools[0]["config"]
        cluster["instanceGroupUrls"] = [url for pool in pools for url in pool.get("instanceGroupUrls", ())]
        cluster["currentNodeVersion"] = pools[0]["version"]
        cluster["currentNodeCount"] = sum(
            node_pools.running(call, f"{path}/nodePools/{name}") for name in pools_of(call.store, path)
        )
    return cluster


def settle(call: Call, path: str) -> None:
    """Note that the cluster runs, or failed, once its first pool does."""
    cluster = found(call.store, path)
    if cluster["status"] != "PROVISIONING":
        return
    pools = [node_pools.view(call, f"{path}/nodePools/{name}") for name in pools_of(call.store, path)]
    if all(pool["status"] == "RUNNING" for pool in pools):
        _change(call, path, status="RUNNING")
        operations.end(call, cluster.get("x-operation", ""))
    elif failed := next((pool for pool in pools if pool["status"] == "ERROR"), None):
        _change(call, path, status="ERROR", statusMessage=failed.get("statusMessage", ""))
        operations.end(call, cluster.get("x-operation", ""), (8, failed.get("statusMessage", "")))


def refuse_while_busy(call: Call, path: str) -> None:
    """Raise ApiError while another operation on the cluster or one of its pools runs."""
    cluster = found(call.store, path)
    busy = [cluster.get("x-operation", "")]
    busy += [pool.get("x-operation", "") for pool in pools_of(call.store, path).values()]
    for place in busy:
        running = call.context.operations.get(place) if place else None
        if running is not None and running["status"] != "DONE":
            raise node_pools.incompatible(running["name"])


def _upgraded(cluster: Body, asked: str) -> Body:
    version = resolve(asked, (cluster.get("releaseChannel") or {}).get("channel", ""))
    if order(version)[:2] > (order(cluster["currentMasterVersion"])[0], order(cluster["currentMasterVersion"])[1] + 1):
        text = (
            f'Master cannot be upgraded to "{version}": cannot upgrade the master more than a minor version at a time.'
        )
        raise ApiError(400, "badRequest", text)
    return {**cluster, "currentMasterVersion": version}


def _change(call: Call, path: str, **parts: Any) -> None:
    call.store.put(*collection(path), {**found(call.store, path), **parts})


def _place(operation: Body) -> str:
    return "container/" + str(operation["selfLink"]).partition("/v1/")[2]
