"""A played controller of a Slurm cluster on Google Cloud: by its own account, it powers nodes on as it is described.

So its roles have to hold what a real controller's need. It does what slurm-nodes does there (node/slurm_power): makes
nodes in their groups by their names, and gives up those that can't be had.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from embedded_cloud.exchange import Answer, Request
from embedded_cloud.google import tokens
from embedded_cloud.machines.slurm import CLUSTER_FILE, controller_part, groups

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.machines.base import Instance

Facts = dict[str, Any]

COMPUTE = "compute.googleapis.com"
STORAGE = "storage.googleapis.com"
KEY_FILE = "slurm/munge.key"


class Account:
    """Calls of a machine's own account. `ask` answers a request as the cloud would."""

    def __init__(self, ask: Callable[[Request], Answer], instance: Instance, config: Facts) -> None:
        self._ask = ask
        accounts = instance.properties.get("serviceAccounts") or [{"email": ""}]
        self._headers = {"authorization": f"Bearer {tokens.token_for(accounts[0]['email'])}"}
        self._bucket = str(config["bucket"])
        self._deployment = str(config["deployment"])

    def call(self, verb: str, path: str, body: Facts | None = None) -> Facts:
        """The JSON that Compute Engine answers, an error's too."""
        sent = json.dumps(body).encode() if body is not None else b""
        answer = self._ask(Request.of(verb, COMPUTE, f"/compute/v1/{path}", self._headers, sent))
        if answer.settle is not None:
            answer.settle()
        return dict(json.loads(answer.body or b"{}"))

    def read(self, name: str) -> str:
        """An object of the deployment; empty where there is none, or the account may not read it."""
        path = quote(f"{self._deployment}/{name}", safe="")
        target = f"/storage/v1/b/{self._bucket}/o/{path}?alt=media"
        answer = self._ask(Request.of("GET", STORAGE, target, self._headers, b""))
        return answer.body.decode() if answer.status == 200 else ""

    def write(self, name: str, content: str | bytes) -> bool:
        """Whether the account may write the object; then it is written."""
        sent = content.encode() if isinstance(content, str) else content
        path = quote(f"{self._deployment}/{name}", safe="")
        target = f"/upload/storage/v1/b/{self._bucket}/o?uploadType=media&name={path}"
        return self._ask(Request.of("POST", STORAGE, target, self._headers, sent)).status == 200


class Controller:
    """What one controller does, look by look."""

    def __init__(self, account: Account, is_ready: Callable[[str], bool]) -> None:
        self._account = account
        self._is_ready = is_ready
        self._problems: dict[str, Facts] = {}
        self._satisfied: dict[str, int] = {}
        self._has_key = False

    def look(self) -> Facts | None:
        """Do what the description asks for; the controller's part of its record, None while there is nothing to do."""
        self._has_key = self._has_key or self._account.write(KEY_FILE, "played")
        text = self._account.read(CLUSTER_FILE)
        if not text or not self._has_key:
            return None
        cluster = json.loads(text)
        wanted: list[str] = []
        for group, nodes, on in groups(cluster):
            wanted += self._follow(self._path(cluster, group), group, nodes, on)
        ready = {name for name in wanted if self._is_ready(name)}
        return controller_part(text, wanted, ready, self._problems)

    def _follow(self, path: str, group: str, nodes: list[str], on: int) -> list[str]:
        """Power on what a raised number asks for; the nodes of the group that should be on."""
        there = self._there(path, nodes)
        before = self._satisfied.get(group, 0)
        missing = [name for name in nodes[before:on] if name not in there and name not in self._problems]
        if missing:
            self._account.call("POST", f"{path}/createInstances", {"instances": [{"name": name} for name in missing]})
        elif all(name in there for name in nodes[:on]):
            self._satisfied[group] = max(before, on)
        asked = {*there, *nodes[before:on], *self._problems}
        return [name for name in nodes if name in asked]

    def _there(self, path: str, nodes: list[str]) -> set[str]:
        """The nodes that the group has. Those that the cloud refuses are given up, with what it said."""
        listed = self._account.call("POST", f"{path}/listManagedInstances").get("managedInstances") or []
        refused = {each["name"]: errors[0] for each in listed if (errors := _errors(each)) and each["name"] in nodes}
        if refused:
            zone = "/".join(path.split("/")[2:4])
            named = [f"{zone}/instances/{name}" for name in refused]
            gone = {"instances": named, "skipInstancesOnValidationError": True}
            self._account.call("POST", f"{path}/deleteInstances", gone)
            self._problems |= refused
        return {each["name"] for each in listed if each["name"] not in refused}

    def _path(self, cluster: Facts, group: str) -> str:
        place = cluster["place"]
        return f"projects/{place['project']}/zones/{place['zone']}/instanceGroupManagers/{group}"


def _errors(managed: Facts) -> list[Facts]:
    found = managed.get("lastAttempt", {}).get("errors", {}).get("errors") or []
    return [{"code": each["code"], "message": each["message"]} for each in found]
