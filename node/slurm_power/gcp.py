"""Managed instance groups of Compute Engine: machines that are made, and deleted, by name.

https://cloud.google.com/compute/docs/reference/rest/v1/instanceGroupManagers
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from node.slurm_cloud.http import CallFailed, Reply, failure_of, send
from node.slurm_power.cloud import CREATING, DELETING, FAILED, RUNNING, STOPPED, Instance

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.slurm.cloud import CloudCluster, NodeGroup
    from node.slurm_cloud.identity import Identity
    from node.slurm_power.kept import Kept

COMPUTE = os.environ.get("COMPUTE_ENDPOINT", "https://compute.googleapis.com/compute/v1")
PAGE = 500
_NAME_TAKEN = (400, 409)
"""Statuses of a call that is refused for what it names."""
_GONE = {"STOPPING", "TERMINATED", "STOPPED", "SUSPENDING", "SUSPENDED"}


class Gcp:
    """`place` has project and zone."""

    def __init__(self, cluster: CloudCluster, identity: Identity) -> None:
        self._place, self._identity = cluster.place, identity

    def look(self, groups: Sequence[NodeGroup], kept: Kept) -> list[Instance]:
        return [each for group in groups for each in self._instances(group)]

    def create(self, group: NodeGroup, nodes: Sequence[str], kept: Kept) -> None:
        """One whose name is taken makes the whole call fail, so the others are asked for without it.

        Its machine is there, or is just going: the next look tells. Raises CallFailed where none could be asked for.
        """
        refused = self._refused(group, nodes)
        if len(refused) == len(nodes):
            raise refused[-1]

    def _refused(self, group: NodeGroup, nodes: Sequence[str]) -> list[CallFailed]:
        """Ask for machines, by halves where a name is in the way; return what the API says of each that is."""
        try:
            self._call(group, "createInstances", {"instances": [{"name": name} for name in nodes]})
        except CallFailed as failure:
            if failure.status not in _NAME_TAKEN:
                raise
            if len(nodes) == 1:
                return [failure]
            middle = len(nodes) // 2
            return [*self._refused(group, nodes[:middle]), *self._refused(group, nodes[middle:])]
        return []

    def delete(self, group: NodeGroup, instances: Sequence[Instance], kept: Kept) -> None:
        urls = [each.key for each in instances]
        self._call(group, "deleteInstances", {"instances": urls, "skipInstancesOnValidationError": True})

    def _instances(self, group: NodeGroup) -> list[Instance]:
        found: list[Instance] = []
        page = ""
        while True:
            query = f"?maxResults={PAGE}{f'&pageToken={quote(page, str())}' if page else ''}"
            told = self._call(group, f"listManagedInstances{query}", None)
            found += [_instance(group, each) for each in told.get("managedInstances") or ()]
            page = told.get("nextPageToken", "")
            if not page:
                return found

    def _call(self, group: NodeGroup, what: str, body: dict[str, Any] | None) -> dict[str, Any]:
        project, zone = self._place["project"], self._place["zone"]
        url = f"{COMPUTE}/projects/{project}/zones/{zone}/instanceGroupManagers/{group.name}/{what}"
        reply = self._identity.answered(lambda token: _send(url, token, body))
        if reply.status != 200:
            raise failure_of("POST", url, reply)
        told: dict[str, Any] = reply.json() or {}
        return told


def _send(url: str, token: str, body: dict[str, Any] | None) -> Reply:
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return send("POST", url, headers, json.dumps(body).encode() if body is not None else b"")


def _instance(group: NodeGroup, told: dict[str, Any]) -> Instance:
    url = str(told["instance"])
    name = url.rpartition("/")[2]
    errors = ((told.get("lastAttempt") or {}).get("errors") or {}).get("errors") or ()
    first = errors[0] if errors else {}
    action, status = told.get("currentAction", "NONE"), told.get("instanceStatus", "")
    if action in ("DELETING", "ABANDONING"):
        state = DELETING
    elif status in _GONE:
        state = STOPPED
    elif status == "RUNNING":
        state = RUNNING
    else:
        state = FAILED if first else CREATING
    node = name if name in group.nodes else ""
    return Instance(group.name, url, node, state, str(first.get("code", "")), str(first.get("message", "")))
