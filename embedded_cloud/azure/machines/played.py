"""Played machines of Azure's (REHEARSE=plan): the record that each one's bootstrap would have written, in Blob storage.

What it should do is read from its custom data, as cloud-init would; it writes as its own identity, so it needs the role
that a real machine needs, and like one it tries until it has it.
"""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from embedded_cloud.azure.access.role_conditions import BLOBS, Asked
from embedded_cloud.azure.machines.custom_data import config_of
from embedded_cloud.azure.machines.identity import chosen
from embedded_cloud.azure.machines.played_slurm import Power
from embedded_cloud.azure.machines.record import metadata_of, record_of
from embedded_cloud.machines import faults, host_keys
from embedded_cloud.machines.base import PlayedMachines
from embedded_cloud.machines.results import WISH_FILE, made_up, with_results
from embedded_cloud.machines.slurm import (
    CLUSTER_FILE,
    ORDER_FILE,
    controller_part,
    outcome_of,
    own_part,
    runs_command,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.azure.storage.blob import Blobs
    from embedded_cloud.conditions import Conditions
    from embedded_cloud.exchange import Answer, Request
    from embedded_cloud.machines.base import Instance
    from embedded_cloud.scenario import Scenario
    from embedded_cloud.store import Store

Facts = dict[str, Any]

POLL_SECONDS = 0.05
LOOK_SECONDS = 0.2
NAMES_FILE = "slurm/names.json"


class Played(PlayedMachines):
    """The `Machines` that exist in the store only. `ask` asks Resource Manager, as its client would."""

    def __init__(
        self,
        store: Store,
        scenario: Scenario,
        conditions: Conditions,
        blobs: Blobs,
        ask: Callable[[Request], Answer],
    ) -> None:
        self._store = store
        self._ask = ask
        self._scenario = scenario
        self._conditions = conditions
        self._blobs = blobs
        self._there: set[str] = set()  # by the instance's id
        self._closing = threading.Event()

    def boot(self, instance: Instance) -> str:
        self._there.add(instance.id)
        config = config_of(instance.properties["osProfile"].get("customData") or "")
        if config is not None and {"account", "container", "deployment"} <= config.keys():
            threading.Thread(target=self._run, args=(instance, config), daemon=True).start()
        return instance.address

    def remove(self, instance: Instance) -> None:
        self._there.discard(instance.id)
        host_keys.forget(self._store, instance)

    def close(self) -> None:
        self._closing.set()

    def _run(self, instance: Instance, config: Facts) -> None:
        """Do what the machine does from its start on, until it has reported its end or is removed."""
        part = str((config.get("slurm") or {}).get("part") or "")
        if part == "node" and (named := self._until(instance, lambda: self._node_name(instance, config))):
            instance = replace(instance, name=named)
        condition = self._conditions.machine(instance.name, instance.number)
        if condition.get("starts") is False or not self._until(instance, lambda: self._may_write(instance, config)):
            return
        key, head = host_keys.public_key(self._store, instance), None
        if config.get("ray"):
            self._write(instance, config, record_of(instance, config, condition, key))
            if (head := self._until(instance, lambda: self._head_told(config))) is None:
                return
        whole = record_of(instance, config, condition, key, head)
        if part:
            described = self._until(instance, lambda: self._read(config, f"{config['deployment']}/{CLUSTER_FILE}"))
            if described is None:
                return
            whole["slurm"] = own_part(described.decode(), part)
        if part == "controller":
            return self._control(instance, config, whole)
        if (record := faults.scripted_record(self._scenario, instance, whole)) is not None:
            results = self._results(instance, config) if config.get("startup_command") else None
            self._write(instance, config, with_results(record, results))
        while part == "login" and instance.id in self._there and not self._closing.is_set():
            text = self._read(config, f"{config['deployment']}/{CLUSTER_FILE}").decode()
            if text and not self._runs_command(instance, config, text):
                return
            self._closing.wait(LOOK_SECONDS)

    def _runs_command(self, instance: Instance, config: Facts, text: str) -> bool:
        """Whether the machine is the one that runs STARTUP_COMMAND; then it does, once an order."""
        if not runs_command(text, instance.name):
            return False
        if order := self._read(config, f"{config['deployment']}/{ORDER_FILE}"):
            name, outcome = outcome_of(order.decode(), instance.name)
            new = not self._read(config, f"{config['deployment']}/{name}")
            if new and self._may_write(instance, config, name):
                told = faults.scripted_outcome(self._scenario, instance, outcome)
                self._put(config, name, json.dumps({**told, "results": self._results(instance, config)}))
        return True

    def _control(self, instance: Instance, config: Facts, record: Facts) -> None:
        """What a controller does until it is removed: power nodes on, and report how they are."""
        identity = chosen(instance, path=str(config.get("identity") or ""))
        if identity is None or not self._until(instance, lambda: self._may_write(instance, config, NAMES_FILE)):
            return
        names = json.loads(self._read(config, f"{config['deployment']}/{NAMES_FILE}") or b"{}")
        power, written = Power(self._ask, identity, dict(names)), None
        while instance.id in self._there and not self._closing.is_set():
            text = self._read(config, f"{config['deployment']}/{CLUSTER_FILE}").decode()
            cluster = json.loads(text or "{}")
            if cluster and power.keeps_secrets(cluster):
                if power.follow(cluster):
                    self._put(config, NAMES_FILE, json.dumps(power.names))
                power.look(cluster)
                wanted = power.wanted(cluster)
                ready = {name for name in wanted if self._is_ready(config, name)}
                told = {**record, "slurm": controller_part(text, wanted, ready, power.problems)}
                if told != written:
                    self._put(config, f"nodes/{instance.name}.json", json.dumps(told), metadata_of(told))
                    written = told
                self._runs_command(instance, config, text)
            self._closing.wait(LOOK_SECONDS)

    def _is_ready(self, config: Facts, node: str) -> bool:
        record = json.loads(self._read(config, f"{config['deployment']}/nodes/{node}.json") or b"{}")
        return bool(record.get("status") == "ready")

    def _node_name(self, instance: Instance, config: Facts) -> str:
        """The node that this machine of a scale set is, as the controller wrote it; empty before it did."""
        names = json.loads(self._read(config, f"{config['deployment']}/{NAMES_FILE}") or b"{}")
        return str(names.get(instance.name, ""))

    def _results(self, instance: Instance, config: Facts) -> Facts | None:
        """What the record says of the command's results, which are there then."""
        wish = self._read(config, f"{config['deployment']}/{WISH_FILE}")
        objects, results = made_up(wish, instance.name)
        for name, content in objects.items():
            self._put(config, name, content)
        return results

    def _put(self, config: Facts, name: str, text: str | bytes, metadata: dict[str, str] | None = None) -> None:
        from azure.core.exceptions import ResourceNotFoundError

        client = self._blobs.client(str(config["account"]))
        blob = client.get_blob_client(str(config["container"]), f"{config['deployment']}/{name}")
        try:
            blob.upload_blob(text, overwrite=True, metadata=metadata)
        except ResourceNotFoundError:
            return  # no such container any more

    def _until(self, instance: Instance, seen: Callable[[], Any]) -> Any:
        """The first result of `seen` that is not empty; None where the machine is removed before."""
        while instance.id in self._there and not self._closing.is_set():
            if found := seen():
                return found
            self._closing.wait(POLL_SECONDS)
        return None

    def _may_write(self, instance: Instance, config: Facts, name: str = "") -> bool:
        """Whether its identity may write the object of this name below the deployment: its record, where it's empty."""
        identity = chosen(instance, path=str(config.get("identity") or ""))
        account, container = str(config["account"]), str(config["container"])
        path = f"{config['deployment']}/{name or f'nodes/{instance.name}.json'}"
        asked = Asked(f"{BLOBS}/write", container, path)
        return identity is not None and self._blobs.allows(account, identity.principal, asked)

    def _head_told(self, config: Facts) -> Facts | None:
        """The head of the Ray cluster, as the tool wrote it; None before it did."""
        found = self._read(config, f"{config['deployment']}/files/ray-head.json")
        return dict(json.loads(found)) if found else None

    def _write(self, instance: Instance, config: Facts, record: Facts) -> None:
        """Write the record, unless this boot's last one is there already (the cloud was started again)."""
        from azure.core.exceptions import ResourceNotFoundError

        name = f"{config['deployment']}/nodes/{instance.name}.json"
        known = json.loads(self._read(config, name) or b"{}")
        through = known.get("boot_id") == instance.boot_id and known.get("status") != "starting"
        if through or instance.id not in self._there:
            return
        blob = self._blobs.client(str(config["account"])).get_blob_client(str(config["container"]), name)
        try:
            blob.upload_blob(json.dumps(record), overwrite=True, metadata=metadata_of(record))
        except ResourceNotFoundError:
            return  # no such container any more: a real machine couldn't write it either

    def _read(self, config: Facts, name: str) -> bytes:
        """A blob of the cluster's; nothing where there is none."""
        from azure.core.exceptions import ResourceNotFoundError

        blob = self._blobs.client(str(config["account"])).get_blob_client(str(config["container"]), name)
        try:
            return bytes(blob.download_blob().readall())
        except ResourceNotFoundError:
            return b""
