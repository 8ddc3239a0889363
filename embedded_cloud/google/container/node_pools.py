"""Node pools: groups of machines, and operations that last until these run or GKE gives them up."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from embedded_cloud.google.call import Slow
from embedded_cloud.google.compute.machine_types import machine_type
from embedded_cloud.google.container import defaults, networks, nodes, operations
from embedded_cloud.google.container.compute import waits_of
from embedded_cloud.google.container.names import cluster_path, collection, digest, found, not_there, pools_of, shown
from embedded_cloud.google.failure import ApiError
from embedded_cloud.google.validation import without_output_fields
from embedded_cloud.scenario import MACHINES_HOST

if TYPE_CHECKING:
    from embedded_cloud.google.call import Call
    from embedded_cloud.store import Body

PATIENCE_SECONDS = 35 * 60.0
"""How long machines are waited for: "Not all instances running in IGM after 35m..." is how real operations end."""

STOCKOUT = ("RESOURCE_POOL_EXHAUSTED", "INSUFFICIENT_CAPACITY", "STOCKOUT")
LETTERS = 40


def create(call: Call) -> Body:
    path = cluster_path(call)
    cluster = found(call.store, path)
    given = call.body.get("nodePool") or {}
    pool_path = f"{path}/nodePools/{given.get('name', '')}"
    if call.store.get(*collection(pool_path)) is not None:
        raise ApiError(409, "alreadyExists", f"Already exists: {pool_path}.")
    if cluster["status"] not in ("RUNNING", "RECONCILING"):
        raise incompatible(cluster.get("x-operation", "").rpartition("/")[2])
    add(call, path, given)
    return _begin(call, "CREATE_NODE_POOL", pool_path)


def add(call: Call, path: str, given: Body) -> None:
    """Keep a new pool of the cluster at `path`, and have its machines made."""
    cluster = found(call.store, path)
    pool_path = f"{path}/nodePools/{given.get('name', '')}"
    pool = defaults.new_pool(pool_path, cluster, without_output_fields(call.api, "NodePool", given))
    _check(call, pool_path, pool)
    if pool["networkConfig"].get("acceleratorNetworkProfile"):
        configs = networks.accelerator_networks(call, path, cluster, pool)
        pool["networkConfig"]["additionalNodeNetworkConfigs"] = configs
    pool = defaults.tainted(pool, list(pools_of(call.store, path).values()))
    pool["instanceGroupUrls"] = nodes.make(call, path, cluster, pool)
    call.store.put(*collection(pool_path), pool)


def get(call: Call) -> Body:
    return view(call, _path(call))


def listing(call: Call) -> Body:
    path = cluster_path(call)
    found(call.store, path)
    every = [view(call, f"{path}/nodePools/{name}") for name in pools_of(call.store, path)]
    return {"nodePools": every} if every else {}


def delete(call: Call) -> Body | Slow:
    path = _path(call)
    pool = found(call.store, path)
    settle(call, path)
    running = call.context.operations.get(pool.get("x-operation", ""))
    if running is not None and running["status"] != "DONE":
        raise incompatible(running["name"])
    answers = take_away(call, path)
    operation = operations.begin(call, "DELETE_NODE_POOL", path)
    waiting = waits_of(answers)
    return Slow(operation, waiting) if waiting else operation


def take_away(call: Call, path: str) -> list[Any]:
    """Delete the pool and its machines. Returns the answers, some of which have to be waited for."""
    answers = nodes.remove(call, found(call.store, path))
    call.store.delete(*collection(path))
    return answers


def set_size(call: Call) -> Body:
    path = _path(call)
    pool = found(call.store, path)
    nodes.resize(call, pool, int(call.body.get("nodeCount") or 0))
    change(call, path, status="RECONCILING")
    return _begin(call, "SET_NODE_POOL_SIZE", path)


def set_autoscaling(call: Call) -> Body:
    path = _path(call)
    found(call.store, path)
    given = call.body.get("autoscaling") or {}
    change(call, path, autoscaling=given if given.get("enabled") else {})
    return operations.begin(call, "UPDATE_CLUSTER", path)


def set_management(call: Call) -> Body:
    path = _path(call)
    found(call.store, path)
    change(call, path, management=call.body.get("management") or {})
    return operations.begin(call, "SET_NODE_POOL_MANAGEMENT", path)


def update(call: Call) -> Body:
    """Each field of the request changes one part of the pool."""
    path = _path(call)
    pool = found(call.store, path)
    config = dict(pool["config"])
    for name, value in call.body.items():
        if name in ("nodePoolId", "clusterId", "projectId", "zone", "name", "etag"):
            continue
        if name in WRAPPED:
            config[name] = value.get(WRAPPED[name]) or {}
        elif name in PLAIN:
            config[name] = value
        elif name == "nodeVersion":
            pool = {**pool, "version": value}
        elif name in ("upgradeSettings", "locations", "nodeDrainConfig"):
            pool = {**pool, name: value}
        elif name == "nodeNetworkConfig":
            pool = {**pool, "networkConfig": {**pool["networkConfig"], **value}}
        else:
            raise ApiError(501, "notImplemented", f"the embedded cloud of this rehearsal does not know {name}")
    config["bootDisk"] = {"diskType": config["diskType"], "sizeGb": str(config["diskSizeGb"])}
    config["resourceLabels"] = {**config.get("resourceLabels", {}), **defaults.own_labels(config)}
    call.store.put(*collection(path), {**pool, "config": config, "etag": digest(str(config))})
    return operations.begin(call, "UPGRADE_NODES", path)


WRAPPED = {"labels": "labels", "resourceLabels": "labels", "taints": "taints", "tags": "tags"}
"""Parts of the nodes' configuration that come in an object of their own, under this name."""

PLAIN = ("machineType", "diskType", "diskSizeGb", "imageType", "gvnic", "workloadMetadataConfig", "maxRunDuration")


def change(call: Call, path: str, **parts: Any) -> None:
    call.store.put(*collection(path), {**found(call.store, path), **parts})


def view(call: Call, path: str) -> Body:
    """The pool as its readers see it now."""
    found(call.store, path)
    settle(call, path)
    return shown(found(call.store, path))


def running(call: Call, path: str) -> int:
    """How many of the pool's machines run."""
    return nodes.state(call, found(call.store, path)).running


def settle(call: Call, path: str) -> None:
    """Note that the pool runs once its machines do. Errors are shown at once, and end the operation after a while."""
    pool = found(call.store, path)
    if pool["status"] not in ("PROVISIONING", "RECONCILING"):
        return
    state = nodes.state(call, pool)
    if state.settled:
        gone = {k: v for k, v in pool.items() if k not in ("conditions", "statusMessage")}
        call.store.put(*collection(path), {**gone, "status": "RUNNING"})
        operations.end(call, pool.get("x-operation", ""))
        return
    if not state.errors:
        return
    conditions = [_condition(code, message) for code, message in dict(state.errors).items()]
    change(call, path, conditions=conditions)
    waited = time.time() - float(pool.get("x-since") or time.time())
    patience = _patience(call, path)
    if waited > patience:
        code, message = state.errors[0]
        text = (
            f"Google Compute Engine: Not all instances running in IGM after {patience / 60:.0f}m. Expected"
            f" {state.wanted}, running {state.running}, transitioning {state.wanted - state.running}."
            f" Current errors: [{_short(code)}]: {message}"
        )
        status = "RUNNING_WITH_ERROR" if state.running else "ERROR"
        change(call, path, status=status, statusMessage=text)
        operations.end(call, pool.get("x-operation", ""), (8, text))


def incompatible(operation: str) -> ApiError:
    text = f"Cluster is running incompatible operation {operation}."
    return ApiError(400, "failedPrecondition", text, "FAILED_PRECONDITION")


def _begin(call: Call, kind: str, path: str) -> Body:
    """An operation that lasts until the pool's machines are there."""
    operation = operations.begin(call, kind, path, done=False)
    place = "container/" + operation["selfLink"].partition("/v1/")[2]
    change(call, path, **{"x-operation": place, "x-since": time.time()})
    return operation


def _path(call: Call) -> str:
    path = "/".join(call.resource[1:])
    if call.store.get(*collection(path)) is None:
        raise not_there(path)
    return path


def _patience(call: Call, path: str) -> float:
    """Seconds until GKE gives the pool's machines up; a rule of a scenario may shorten them."""
    rule = call.context.scenario.rule_for("PATIENCE", MACHINES_HOST, f"/{path}")
    return float(rule.body) if rule is not None else PATIENCE_SECONDS


def _condition(code: str, message: str) -> Body:
    told = {"GCE_STOCKOUT": "RESOURCE_EXHAUSTED", "GCE_QUOTA_EXCEEDED": "RESOURCE_EXHAUSTED"}
    short = _short(code)
    known = short if short in told else {"QUOTA_EXCEEDED": "GCE_QUOTA_EXCEEDED"}.get(short, "UNKNOWN")
    return {"code": known, "canonicalCode": told.get(known, "UNKNOWN"), "message": f"[{short}]: {message}"}


def _short(code: str) -> str:
    """Compute Engine's code as Kubernetes Engine reports it."""
    return "GCE_STOCKOUT" if any(each in code for each in STOCKOUT) else code


def _check(call: Call, path: str, pool: Body) -> None:
    name = pool["name"]
    if len(name) > LETTERS:
        raise ApiError(400, "badRequest", f'Invalid value for field "node_pool.name": "{name}". At most 40 characters.')
    place = f"projects/{path.split('/')[1]}/zones/{pool['locations'][0]}/machineTypes/{pool['config']['machineType']}"
    machine_type(pool["config"]["machineType"], place, call.context.conditions)
    if pool["config"].get("flexStart") and int(pool.get("initialNodeCount") or 0):
        raise ApiError(400, "badRequest", "Flex start node pools must be created with an initial node count of 0.")
