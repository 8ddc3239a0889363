"""A played controller of a Slurm cluster on Azure: it powers nodes on as the description says, by its own identity.

So its role has to hold what a real controller's needs. It does what slurm-nodes does there (node/slurm_power): raises
the capacity of a scale set, and writes which of the new machines is which node.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

from embedded_cloud.azure import tokens
from embedded_cloud.azure.bodies import read
from embedded_cloud.azure.login import TENANT
from embedded_cloud.exchange import Answer, Request
from embedded_cloud.machines.slurm import groups

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.azure.machines.identity import Identity

Facts = dict[str, Any]

HOST = "management.azure.com"
VERSION, VAULTS = "2025-04-01", "2026-02-01"


class Power:
    """What one controller has done. `names` is the node of each machine, by computer names, as NAMES_FILE has it."""

    def __init__(self, ask: Callable[[Request], Answer], identity: Identity, names: dict[str, str]) -> None:
        self._ask = ask
        self._identity = identity
        self.names = names
        self.problems: dict[str, Facts] = {}
        self._satisfied: dict[str, int] = {}
        self._kept: set[str] = set()

    def keeps_secrets(self, cluster: Facts) -> bool:
        """Put made-up secrets into the cluster's vault, once; whether they are there. A real one tries until it may."""
        vault = cluster.get("vault") or ""
        names = ("munge-key", "database-password") if cluster["accounting"] else ("munge-key",)
        for name in names if vault else ():
            path = f"{vault}/secrets/{name}"
            if path not in self._kept:
                answer = self._json("PUT", path, {"properties": {"value": uuid.uuid4().hex}}, VAULTS)
                if "error" in answer:
                    return False
                self._kept.add(path)
        return True

    def wanted(self, cluster: Facts) -> list[str]:
        """The nodes that should be on: those that are, and the first ones of a pool whose number was raised."""
        found = []
        for group, nodes, on in groups(cluster):
            before = self._satisfied.get(group, 0)
            on_now = set(self.names.values()) | set(nodes[before:on])
            found += [name for name in nodes if name in on_now or name in self.problems]
        return found

    def follow(self, cluster: Facts) -> bool:
        """Power on what should be on and isn't; returns whether the names have changed."""
        changed = False
        for group, nodes, on in groups(cluster):
            missing = [name for name in nodes[self._satisfied.get(group, 0) : on] if name not in self.names.values()]
            missing = [name for name in missing if name not in self.problems]
            if missing:
                changed |= self._power_on(self._path(cluster, group), missing)
            if all(name in self.names.values() for name in nodes[:on]):
                self._satisfied[group] = max(self._satisfied.get(group, 0), on)
        return changed

    def _power_on(self, path: str, missing: list[str]) -> bool:
        found = self._json("GET", path)
        capacity = int(read(found, "sku.capacity") or 0)
        refused = self._json("PATCH", path, {"sku": {"capacity": capacity + len(missing)}}).get("error")
        if refused:
            told = {"code": refused["code"], "message": refused["message"]}
            self.problems |= dict.fromkeys(missing, told)
            return False
        machines = self._json("GET", f"{path}/virtualMachines").get("value") or []
        hosts = [read(each, "properties.osProfile.computerName") for each in machines]
        new = [host for host in hosts if host not in self.names]
        self.names |= dict(zip(new, missing, strict=False))
        return bool(new)

    def look(self, cluster: Facts) -> None:
        """Give up machines that could not be had, and note why."""
        for group, _, _ in groups(cluster):
            path = self._path(cluster, group)
            machines = self._json("GET", f"{path}/virtualMachines?$expand=instanceView").get("value") or []
            for each in machines:
                host = str(read(each, "properties.osProfile.computerName"))
                if read(each, "properties.provisioningState") == "Failed" and host in self.names:
                    self.problems[self.names.pop(host)] = _failure(each)
                    self._json("POST", f"{path}/delete", {"instanceIds": [each["instanceId"]]})

    def _path(self, cluster: Facts, group: str) -> str:
        place = cluster["place"]
        base = f"/subscriptions/{place['subscription']}/resourceGroups/{place['resource_group']}/providers"
        return f"{base}/Microsoft.Compute/virtualMachineScaleSets/{group}"

    def _json(self, verb: str, path: str, body: Facts | None = None, version: str = VERSION) -> Facts:
        own = self._identity
        token = tokens.token(f"https://{HOST}", TENANT, own.client or own.principal, principal=own.principal)
        target = f"{path}{'&' if '?' in path else '?'}api-version={version}"
        headers = {"authorization": f"Bearer {token}"}
        answer = self._ask(Request.of(verb, HOST, target, headers, json.dumps(body).encode() if body else b""))
        found = json.loads(answer.body or b"{}")
        return dict(found) if isinstance(found, dict) else {}


def _failure(machine: Facts) -> Facts:
    for each in read(machine, "properties.instanceView.statuses") or ():
        state, _, code = str(each["code"]).removeprefix("ProvisioningState/").partition("/")
        if state == "failed":
            return {"code": code or "ProvisioningFailed", "message": str(each.get("message") or "no reason given")}
    return {"code": "ProvisioningFailed", "message": "no reason given"}
