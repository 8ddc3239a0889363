"""The embedded clouds, with the groups of a cluster that Terraform would have made."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests

from cluster_provision.slurm.cloud import CloudCluster, NodeGroup, Pool
from embedded_cloud.azure import tokens
from embedded_cloud.azure.login import TENANT
from embedded_cloud.exchange import Answer
from tests.integration.power.controller import Machine
from tests.unit.embedded_cloud import azure_kit
from tests.unit.node.slurm.services import AZURE, GOOGLE

if TYPE_CHECKING:
    from node.slurm_cloud.place import Place
    from tests.integration.conftest import Tool
    from tests.unit.node.slurm.services import Services

ZONE = "zones/us-central1-a"


def pool(name: str, sizes: tuple[int, ...], suffix: str) -> Pool:
    """Nodes vega-<name>-1 and so on, in as many groups as there are sizes."""
    names = [f"vega-{name}-{number}" for number in range(1, sum(sizes) + 1)]
    starts = [sum(sizes[:at]) for at in range(len(sizes))]
    groups = tuple(
        NodeGroup(f"vega-{name}-{suffix}{at or ''}", tuple(names[start : start + size]))
        for at, (start, size) in enumerate(zip(starts, sizes, strict=True))
    )
    return Pool(name, groups, 0, 2, 1, 2, 1, 8_000)


@dataclass(frozen=True)
class Google:
    """Managed instance groups of e2-standard-2."""

    tool: Tool
    cluster: CloudCluster
    place: Place = GOOGLE
    no_quota: dict[str, dict[str, int]] = field(default_factory=lambda: {"us-central1": {"CPUS": 0}})

    def machines(self) -> list[Machine]:
        return [
            Machine(each["name"], each.get("instanceStatus") == "RUNNING", each["id"])
            for group in _groups(self.cluster)
            for each in self._listed(group)
            if each["currentAction"] != "DELETING"
        ]

    def refuses(self, node: str, times: int) -> None:
        told = {"code": "ZONE_RESOURCE_POOL_EXHAUSTED", "message": "no room"}
        rule = {"match": {"method": "BOOT", "path": f"/{node}$"}, "status": 503, "body": told, "times": times}
        self.tool.goes_wrong(rule)

    def takes(self, node: str) -> None:
        self.tool.compute(f"{ZONE}/instances/{node}/stop", {"x": 1})

    def _listed(self, group: NodeGroup) -> list[dict[str, Any]]:
        path, found, page = f"{ZONE}/instanceGroupManagers/{group.name}/listManagedInstances", [], ""
        while True:
            told = self.tool.compute(f"{path}?maxResults=500{page}", {"x": 1})
            found += told.get("managedInstances", [])
            if not told.get("nextPageToken"):
                return found
            page = f"&pageToken={told['nextPageToken']}"


def google(tool: Tool, services: Services, *pools: Pool) -> Google:
    services.answers["GET /computeMetadata/v1/instance/service-accounts/default/token"] = (
        200,
        {"access_token": "made-up", "expires_in": 3600},
    )
    properties = {"machineType": "e2-standard-2", "networkInterfaces": [{"network": "global/networks/default"}]}
    tool.compute("global/instanceTemplates", {"name": "t", "properties": properties})
    project = tool.settings["PROJECT_ID"]
    cluster = CloudCluster(
        "gcp", "vega", {"project": project, "zone": "us-central1-a"}, "files/p.tar.gz", "vega-ctl", (), pools
    )
    for group in _groups(cluster):
        body = {
            "name": group.name,
            "baseInstanceName": "vega",
            "targetSize": 0,
            "versions": [{"instanceTemplate": f"projects/{project}/global/instanceTemplates/t"}],
            "instanceLifecyclePolicy": {"defaultActionOnFailure": "DO_NOTHING"},
        }
        tool.compute(f"{ZONE}/instanceGroupManagers", body)
    return Google(tool, cluster)


@dataclass(frozen=True)
class AzureSets:
    """Scale sets of Standard_D2s_v5."""

    tool: Tool
    cluster: CloudCluster
    azure: azure_kit.Azure
    place: Place = AZURE
    no_quota: dict[str, dict[str, int]] = field(default_factory=lambda: {"westeurope": {"cores": 0}})

    def machines(self) -> list[Machine]:
        return [
            Machine(each["properties"]["osProfile"]["computerName"], state == "Succeeded", each["properties"]["vmId"])
            for group in _groups(self.cluster)
            for each in self.azure.machines(group.name)
            if (state := each["properties"]["provisioningState"]) != "Deleting"
        ]

    def refuses(self, node: str, times: int) -> None:
        told = {"code": "AllocationFailed", "message": "no room"}
        rule = {"match": {"method": "BOOT", "host": "machines.*"}, "status": 409, "body": told, "times": times}
        self.tool.goes_wrong(rule)

    def takes(self, node: str) -> None:
        group = next(each for each in _groups(self.cluster) if node in each.nodes)
        path = f"{azure_kit.COMPUTE}/virtualMachineScaleSets/{group.name}"
        (machine,) = self.azure.machines(group.name)
        self.azure.json("POST", f"{path}/delete", {"instanceIds": [machine["instanceId"]]})


def azure(tool: Tool, services: Services, *pools: Pool) -> AzureSets:
    token = tokens.token("https://management.azure.com", TENANT, azure_kit.CLIENT)
    services.answers["GET /metadata/identity/oauth2/token"] = (200, {"access_token": token, "expires_in": "3600"})
    services.answers["PUT /tfstate/clusters/vega/slurm/names.json"] = (201, {})
    kit = azure_kit.Azure(_Far())  # type: ignore[arg-type]
    kit.group()
    space = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}
    kit.json("PUT", f"{azure_kit.NETWORK}/virtualNetworks/v", {**azure_kit.PLACE, "properties": space})
    subnet = {"properties": {"addressPrefix": "10.0.0.0/16"}}
    kit.json("PUT", f"{azure_kit.NETWORK}/virtualNetworks/v/subnets/s", subnet)
    place = {"subscription": azure_kit.SUBSCRIPTION, "resource_group": "g"}
    cluster = CloudCluster("azure", "vega", place, "files/p.tar.gz", "vega-ctl", (), pools)
    for group in _groups(cluster):
        kit.scale_set(0, name=group.name, sku={"name": "Standard_D2s_v5"}, computers=f"{group.name}-")
    return AzureSets(tool, cluster, kit)


class _Far:
    """The cloud, through its door."""

    def ask(
        self, method: str, host: str, target: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Answer:
        data = json.dumps(body) if body is not None else None
        typed = {**(headers or {}), "Content-Type": "application/json"}
        told = requests.request(method, f"https://{host}{target}", data=data, headers=typed, timeout=30)
        return Answer(told.status_code, told.content)


def _groups(cluster: CloudCluster) -> list[NodeGroup]:
    return [group for each in cluster.pools for group in each.groups]
