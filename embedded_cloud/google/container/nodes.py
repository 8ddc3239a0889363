"""A pool's machines: a managed instance group in each of its zones, as any other in Compute Engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from embedded_cloud.google.container.compute import ask
from embedded_cloud.google.container.names import digest
from embedded_cloud.google.self_links import full_name, link

if TYPE_CHECKING:
    from embedded_cloud.google.call import Call, Context
    from embedded_cloud.store import Body

GVNIC = {"nicType": "GVNIC"}


@dataclass(frozen=True)
class State:
    """The state of a pool's machines: how many are wanted and running, and the errors of the others' last attempts."""

    wanted: int
    running: int
    settled: bool
    errors: tuple[tuple[str, str], ...]


def make(call: Call, cluster_path: str, cluster: Body, pool: Body) -> list[str]:
    """Make the pool's groups; their managers' self links."""
    project = cluster_path.split("/")[1]
    own = digest(f"{cluster['id']} {pool['name']}")
    base = f"gke-{cluster['name'][:20].rstrip('-')}-{pool['name'][:20].rstrip('-')}-{own}"
    template = {"name": base, "properties": _properties(cluster, pool, cluster_path)}
    ask(call, "POST", f"projects/{project}/global/instanceTemplates", template)
    links = []
    for zone in pool["locations"]:
        manager = {
            "name": f"{base}-grp",
            "baseInstanceName": base,
            "targetSize": int(pool.get("initialNodeCount") or 0),
            "versions": [{"instanceTemplate": f"global/instanceTemplates/{base}"}],
        }
        place = f"projects/{project}/zones/{zone}/instanceGroupManagers"
        ask(call, "POST", place, manager)
        links.append(link(f"{place}/{base}-grp"))
    return links


def resize(call: Call, pool: Body, count: int) -> None:
    for manager in _managers(pool):
        ask(call, "POST", f"{manager}/resize", size=str(count))


def remove(call: Call, pool: Body) -> list[Any]:
    """Remove the groups and their template. Returns the answers, some of which have to be waited for."""
    answers = []
    templates = set()
    for manager in _managers(pool):
        found = ask(call, "GET", manager)
        templates.add(found["instanceTemplate"].removeprefix(link("")))
        answers.append(ask(call, "DELETE", manager))
    return answers + [ask(call, "DELETE", template) for template in templates]


def state(call: Call, pool: Body) -> State:
    wanted = running = 0
    settled = True
    errors: list[tuple[str, str]] = []
    for manager in _managers(pool):
        found = ask(call, "GET", manager)
        wanted += int(found["targetSize"])
        settled = settled and bool(found["status"]["isStable"])
        for name, body in call.context.groups.instances_of(full_name(manager)).items():
            running += body["status"] == "RUNNING"
            _, failures = call.context.groups.current_action(
                full_name(f"{manager.partition('/instanceGroupManagers/')[0]}/instances/{name}")
            )
            errors += [(each["code"], f"Instance '{name}' creation failed: {each['message']}") for each in failures]
    return State(wanted, running, settled, tuple(errors))


def instances(context: Context, pool: Body) -> dict[str, Body]:
    """The pool's instances by name."""
    return {
        name: body
        for manager in _managers(pool)
        for name, body in context.groups.instances_of(full_name(manager)).items()
    }


def _managers(pool: Body) -> list[str]:
    return [each.removeprefix(link("")) for each in pool.get("instanceGroupUrls", ())]


def _properties(cluster: Body, pool: Body, cluster_path: str) -> Body:
    config = pool["config"]
    location = cluster_path.split("/")[3]
    labels = {
        **config.get("resourceLabels", {}),
        "goog-gke-node": "",
        "goog-k8s-cluster-name": cluster["name"],
        "goog-k8s-cluster-location": location,
        "goog-k8s-node-pool-name": pool["name"],
    }
    metadata = {
        **config.get("metadata", {}),
        "cluster-name": cluster["name"],
        "cluster-location": location,
        "cluster-uid": cluster["id"],
    }
    first = {"network": cluster["networkConfig"]["network"], "subnetwork": cluster["networkConfig"]["subnetwork"]}
    others = [
        {"network": each["network"], "subnetwork": each["subnetwork"]}
        for each in pool["networkConfig"].get("additionalNodeNetworkConfigs", ())
    ]
    disk = {
        "boot": True,
        "autoDelete": True,
        "initializeParams": {
            "diskSizeGb": str(config["diskSizeGb"]),
            "diskType": config["diskType"],
            "sourceImage": "projects/gke-node-images/global/images/gke-cos",
            "labels": labels,
        },
    }
    properties: Body = {
        "machineType": config["machineType"],
        "labels": labels,
        "metadata": {"items": [{"key": k, "value": v} for k, v in sorted(metadata.items())]},
        "disks": [disk],
        "networkInterfaces": [{**first, **GVNIC}, *others],
        "serviceAccounts": [{"email": config["serviceAccount"], "scopes": config["oauthScopes"]}],
        "tags": {"items": [f"gke-{cluster['name']}-{digest(cluster['id'])}-node"]},
    }
    accelerators = [
        {"acceleratorType": each["acceleratorType"], "acceleratorCount": int(each["acceleratorCount"])}
        for each in config.get("accelerators", ())
    ]
    if accelerators:
        properties["guestAccelerators"] = accelerators
        properties["scheduling"] = {"onHostMaintenance": "TERMINATE"}
    if config.get("spot"):
        properties["scheduling"] = {
            "onHostMaintenance": "TERMINATE",
            "automaticRestart": False,
            "provisioningModel": "SPOT",
            "preemptible": True,
        }
    return properties
