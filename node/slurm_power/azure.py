"""Scale sets of Azure: as large as it takes, with machines that get their nodes' names once they are there.

https://learn.microsoft.com/rest/api/compute/virtual-machine-scale-sets
"""

from __future__ import annotations

import calendar
import json
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster_provision.slurm.cloud import NAMES_FILE
from node.slurm_cloud.http import CallFailed, Reply, failure_of, send
from node.slurm_cloud.identity import MANAGEMENT
from node.slurm_cloud.storage import store_of
from node.slurm_power.cloud import CREATING, DELETING, FAILED, RUNNING, Instance, NotNow
from node.slurm_power.kept import write_kept

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cluster_provision.slurm.cloud import CloudCluster, NodeGroup
    from node.slurm_cloud.identity import Identity
    from node.slurm_cloud.storage import Store
    from node.slurm_power.kept import Kept

ENDPOINT = os.environ.get("ARM_ENDPOINT", "https://management.azure.com")
VERSION = "2025-04-01"
TOO_MANY = 429
SKEW = 30.0
"""Seconds by which Azure's clock and ours may differ."""
CHANGING = ("Creating", "Updating", "Deleting")
FAILURE = "provisioningstate/failed"
"""How the code of a status begins that says what failed: ProvisioningState/failed/AllocationFailed."""
_STATES = {"Creating": CREATING, "Updating": RUNNING, "Succeeded": RUNNING, "Deleting": DELETING, "Failed": FAILED}


@dataclass(frozen=True)
class Refusal:
    """What failed, in the cloud's words, and when: an older one is no answer to what was asked for since."""

    code: str
    message: str
    at: float


class Azure:
    """`place` has subscription and resource_group."""

    def __init__(self, cluster: CloudCluster, identity: Identity, store: Store | None = None) -> None:
        self._place, self._identity = cluster.place, identity
        self._store = store or store_of(identity.place, identity)
        self._listed: dict[str, int] = {}
        """Machines by group, without those that are going, which the capacity doesn't count."""

    def look(self, groups: Sequence[NodeGroup], kept: Kept) -> list[Instance]:
        """Machines that are new get the names of the nodes that wait for one, in order."""
        found: list[Instance] = []
        for group in groups:
            found += self._look_at(group, kept)
        if kept.names != kept.published:
            write_kept(kept)  # a machine that has read its name keeps it, whatever ends this program now
            self._store.write(NAMES_FILE, json.dumps(kept.names, indent=1, sort_keys=True).encode())
            kept.published = dict(kept.names)
        return found

    def create(self, group: NodeGroup, nodes: Sequence[str], kept: Kept) -> None:
        """Raise the capacity to the machines that are there, those that are waited for, and as many more.

        They are kept as waiting before: neither a lost answer nor the end of this program has machines made twice. A
        call that never arrived shows as a capacity below the machines that are there and those that are waited for. One
        that Azure took, and then made no machine for, is still in the capacity, which is asked for again: raised over
        that, it would grow with each refusal. It is never lowered, since Azure would choose whom it deletes.
        """
        waiting = kept.unnamed.setdefault(group.name, [])
        new = [name for name in nodes if name not in waiting and name not in kept.names.values()]
        if not new and not set(nodes) & set(waiting):
            return
        url = self._url(group)
        now = self._answered("GET", url, self._send("GET", url)).json()
        if str(now["properties"].get("provisioningState", "")) in CHANGING:
            if not new:
                return
            raise NotNow(f"PATCH {group.name}", 0, message="the scale set is being changed; the next look tries again")
        capacity = int(now["sku"]["capacity"])
        there = self._listed.get(group.name, capacity - len(waiting))
        wanted = max(capacity, there + len(waiting) + len(new))
        if wanted == capacity and not new:
            return
        waiting += new
        write_kept(kept)
        try:
            self._answered("PATCH", url, self._send("PATCH", url, {"sku": {"capacity": wanted}}))
        except CallFailed as failure:
            if 400 <= failure.status < 500 and failure.status != TOO_MANY:
                waiting[:] = [name for name in waiting if name not in new]
            raise

    def delete(self, group: NodeGroup, instances: Sequence[Instance], kept: Kept) -> None:
        """By number: a smaller capacity would let the cloud choose."""
        numbers = [each.key.rpartition("/")[2] for each in instances if each.key]
        if numbers:
            url = self._url(group, "/delete")
            self._answered("POST", url, self._send("POST", url, {"instanceIds": numbers}))

    def _machines(self, group: NodeGroup) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        url = self._url(group, "/virtualMachines", "$expand=instanceView&")
        while url:
            told = self._answered("GET", url, self._send("GET", url)).json()
            found += told.get("value") or ()
            url = told.get("nextLink") or ""
        return found

    def _look_at(self, group: NodeGroup, kept: Kept) -> list[Instance]:
        machines = self._machines(group)
        self._forget_gone(group, machines, kept)
        self._listed[group.name] = sum(_state(each) != DELETING for each in machines)
        named = set(kept.names.values())
        waiting = [name for name in kept.unnamed.get(group.name, ()) if name not in named]
        found: list[Instance] = []
        for each in machines:
            computer = _computer(each)
            if computer not in kept.names and waiting and _state(each) != DELETING:
                kept.names[computer] = waiting.pop(0)
            found.append(_instance(group, each, kept.names.get(computer, "")))
        refusal = self._refusal(group) if waiting else None
        if refusal:  # what the cloud refused has no machine: it is told as one that failed
            refused = [name for name in waiting if refusal.at >= kept.asked.get(name, 0.0) - SKEW]
            found += [Instance(group.name, "", name, FAILED, refusal.code, refusal.message) for name in refused]
            waiting = [name for name in waiting if name not in refused]
        kept.unnamed[group.name] = waiting
        return found

    def _forget_gone(self, group: NodeGroup, machines: Sequence[Mapping[str, Any]], kept: Kept) -> None:
        """A machine that is listed no more loses its name, once it was going, or lacks a second time: a listing that is
        short once would end the jobs of those that it lacks."""
        known = {computer for computer, node in kept.names.items() if node in group.nodes}
        there = {_computer(each): _state(each) for each in machines}
        for computer in (known - there.keys()) & kept.unseen:
            del kept.names[computer]
        kept.unseen -= known
        kept.unseen |= {c for c in known & kept.names.keys() if there.get(c, DELETING) == DELETING}

    def _refusal(self, group: NodeGroup) -> Refusal | None:
        """Why the scale set's last change has failed, where it has."""
        url = self._url(group, "/instanceView")
        told = self._answered("GET", url, self._send("GET", url)).json()
        return _failed(told.get("statuses") or ())

    def _url(self, group: NodeGroup, what: str = "", query: str = "") -> str:
        place = f"/subscriptions/{self._place['subscription']}/resourceGroups/{self._place['resource_group']}"
        kind = "/providers/Microsoft.Compute/virtualMachineScaleSets"
        return f"{ENDPOINT}{place}{kind}/{group.name}{what}?{query}api-version={VERSION}"

    def _send(self, method: str, url: str, body: dict[str, Any] | None = None) -> Reply:
        def once(token: str) -> Reply:
            headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            return send(method, url, headers, json.dumps(body).encode() if body is not None else None)

        return self._identity.answered(once, MANAGEMENT)

    def _answered(self, method: str, url: str, reply: Reply) -> Reply:
        if reply.status not in (200, 201, 202):
            raise failure_of(method, url, reply)
        return reply


def _computer(told: Mapping[str, Any]) -> str:
    profile = told["properties"].get("osProfile") or {}
    name = profile.get("computerName")
    if not name:
        raise CallFailed("listing machines", 0, message=f"{told.get('name')} has no computer name")
    return str(name)


def _state(told: Mapping[str, Any]) -> str:
    return _STATES.get(str(told["properties"].get("provisioningState", "")), CREATING)


def _instance(group: NodeGroup, told: Mapping[str, Any], node: str) -> Instance:
    number = str(told.get("instanceId") or str(told["id"]).rpartition("/")[2])
    state = _state(told)
    return Instance(group.name, f"{group.name}/{number}", node, state, *(_why(told) if state == FAILED else ("", "")))


def _why(told: Mapping[str, Any]) -> tuple[str, str]:
    statuses = (told["properties"].get("instanceView") or {}).get("statuses") or ()
    failed = _failed(statuses)
    return (failed.code, failed.message) if failed else ("ProvisioningFailed", "the machine could not be made")


def _failed(statuses: Sequence[Mapping[str, Any]]) -> Refusal | None:
    """The first that says what failed."""
    for status in statuses:
        code = str(status.get("code", ""))
        if code.lower().startswith(FAILURE):
            why = code[len(FAILURE) :].strip("/") or "ProvisioningFailed"
            return Refusal(why, str(status.get("message", "")), _seconds(str(status.get("time") or "")))
    return None


def _seconds(text: str) -> float:
    """Seconds since 1970 of a time in UTC, which Azure writes with more or fewer digits; infinite for none."""
    try:
        return float(calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S")))
    except ValueError:
        return float("inf")
