"""Played machines (REHEARSE=plan): no machine at all, but the record that its bootstrap would have written."""

from __future__ import annotations

import ipaddress
import json
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

from embedded_cloud.google.compute.references import find
from embedded_cloud.google.failure import ApiError
from embedded_cloud.google.machines.played_slurm import KEY_FILE, Account, Controller
from embedded_cloud.google.machines.record import record_of
from embedded_cloud.google.self_links import COMPUTE, path_of
from embedded_cloud.google.storage.content import create, read
from embedded_cloud.google.storage.names import live
from embedded_cloud.machines import faults
from embedded_cloud.machines.base import PlayedMachines
from embedded_cloud.machines.record import ray_metadata
from embedded_cloud.machines.results import WISH_FILE, made_up, with_results
from embedded_cloud.machines.slurm import CLUSTER_FILE, ORDER_FILE, outcome_of, own_part, runs_command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from embedded_cloud.conditions import Conditions
    from embedded_cloud.exchange import Answer, Request
    from embedded_cloud.machines.base import Instance
    from embedded_cloud.scenario import Scenario
    from embedded_cloud.store import Body, Store

FIRST_HOST = 2  # .1 is the subnetwork's gateway
TOLD_BESIDE = ("agent", "jupyter")
ANYWHERE = "10.128.0.0/20"
POLL_SECONDS = 0.05
LOOK_SECONDS = 0.2


class Played(PlayedMachines):
    """The `Machines` that exist in the store only. `ask` asks the cloud, as its clients would."""

    def __init__(
        self, store: Store, scenario: Scenario, conditions: Conditions, ask: Callable[[Request], Answer]
    ) -> None:
        self._store = store
        self._ask = ask
        self._scenario = scenario
        self._conditions = conditions
        self._addresses = dict(_given_addresses(store))  # by the instance's id
        self._lock = threading.Lock()
        self._closing = threading.Event()

    def boot(self, instance: Instance) -> str:
        address = instance.address or self._address(instance)
        config = _config(instance)
        if config is None:
            return address
        if config.get("slurm"):
            threading.Thread(target=self._in_slurm, args=(instance, config, address), daemon=True).start()
        elif config.get("ray") and ray_head(self._store, config) is None:
            self._write(instance, config, record_of(instance, config, address))
            threading.Thread(target=self._record_later, args=(instance, config, address), daemon=True).start()
        else:
            self._record(instance, config, address)
        return address

    def remove(self, instance: Instance) -> None:
        with self._lock:
            self._addresses.pop(instance.id, None)

    def close(self) -> None:
        self._closing.set()

    def _address(self, instance: Instance) -> str:
        """A free address of the instance's subnetwork."""
        interface = (instance.properties.get("networkInterfaces") or [{}])[0]
        hosts = ipaddress.ip_network(self._range(instance, interface))
        with self._lock:
            if instance.id not in self._addresses:
                taken = set(self._addresses.values())
                count = range(FIRST_HOST, hosts.num_addresses - 2)
                free = (str(hosts[i]) for i in count)
                self._addresses[instance.id] = next(each for each in free if each not in taken)
            return self._addresses[instance.id]

    def _range(self, instance: Instance, interface: Body) -> str:
        given = interface.get("subnetwork")
        name = str(interface.get("network", "default")).rpartition("/")[2]
        path = given or f"regions/{instance.region}/subnetworks/{name}"
        found = find(self._store, path_of(path, instance.project))
        return str(found["ipCidrRange"]) if found else ANYWHERE

    def _record_later(self, instance: Instance, config: dict[str, Any], address: str) -> None:
        """Report once the head of the Ray cluster is known, unless the machine is removed before."""
        while not self._closing.wait(POLL_SECONDS) and instance.id in self._addresses:
            if ray_head(self._store, config) is not None:
                return self._record(instance, config, address)

    def _in_slurm(self, instance: Instance, config: dict[str, Any], address: str) -> None:
        """Report once the machine knows the cluster's description. A controller goes on until it is removed."""
        account = Account(self._ask, instance, config)
        part, record = str(config["slurm"].get("part")), record_of(instance, config, address)
        self._write(instance, config, {**record, "status": "starting", "step": "slurm"})
        control = Controller(account, partial(self._is_ready, account)) if part == "controller" else None
        written: dict[str, Any] | None = None
        while instance.id in self._addresses and not self._closing.is_set():
            text = account.read(CLUSTER_FILE)
            told = control.look() if control else own_part(text, part) if text and account.read(KEY_FILE) else None
            if told is not None and told != written:
                whole = faults.scripted_record(self._scenario, instance, {**record, "slurm": told})
                if whole is not None:
                    self._write(instance, config, whole, again=True)
                written = told
            if written is not None and not self._runs_command(account, text, instance) and control is None:
                return
            self._closing.wait(LOOK_SECONDS)

    def _runs_command(self, account: Account, text: str, instance: Instance) -> bool:
        """Whether the machine is the one that runs STARTUP_COMMAND; then it does, once an order."""
        if not text or not runs_command(text, instance.name):
            return False
        if order := account.read(ORDER_FILE):
            name, outcome = outcome_of(order, instance.name)
            if not account.read(name):
                objects, results = made_up(account.read(WISH_FILE), instance.name)
                for each, content in objects.items():
                    account.write(each, content)
                told = {**faults.scripted_outcome(self._scenario, instance, outcome), "results": results}
                account.write(name, json.dumps(told))
        return True

    def _is_ready(self, account: Account, node: str) -> bool:
        try:
            return bool(json.loads(account.read(f"nodes/{node}.json") or "{}").get("status") == "ready")
        except ValueError:
            return False

    def _record(self, instance: Instance, config: dict[str, Any], address: str) -> None:
        """Report that all went well, or what the scenario says instead."""
        head = ray_head(self._store, config) if config.get("ray") else None
        sick = self._conditions.machine(instance.name).get("sick_gpus") or ()
        record = faults.scripted_record(self._scenario, instance, record_of(instance, config, address, head, sick))
        if record is not None:
            self._write(instance, config, self._with_results(instance, config, record))

    def _with_results(self, instance: Instance, config: dict[str, Any], record: dict[str, Any]) -> dict[str, Any]:
        """The record, once what a run asks of the command is there."""
        bucket, deployment = str(config["bucket"]), str(config["deployment"])
        with self._store.lock:
            wish = self._store.get(live(bucket), f"{deployment}/{WISH_FILE}")
            objects, results = made_up(read(self._store, wish) if wish is not None else b"", instance.name)
            for name, content in objects.items():
                create(self._store, bucket, f"{deployment}/{name}", content, {}, {})
        return with_results(record, results)

    def _write(
        self, instance: Instance, config: dict[str, Any], record: dict[str, Any], *, again: bool = False
    ) -> None:
        """Write the record, unless this boot's last one is there already (the cloud was started again); one that has
        changed, `again`."""
        bucket, name = str(config["bucket"]), f"{config['deployment']}/nodes/{instance.name}.json"
        metadata = {"status": record["status"], "step": record["step"], "instance_id": instance.id}
        metadata |= {s["name"]: s["status"] for s in record["steps"] if s["name"] in TOLD_BESIDE}
        metadata |= {"health": verdict} if (verdict := record["health"].get("verdict")) else {}
        metadata |= ray_metadata(record)
        metadata |= {"slurm": str(record["slurm"].get("applied") or "")} if "slurm" in record else {}
        described = {"contentType": "application/json", "metadata": metadata}
        with self._store.lock:
            there = self._store.get(live(bucket), name)
            known = json.loads(read(self._store, there)) if there is not None else {}
            if not again and known.get("boot_id") == instance.boot_id and known.get("status") != "starting":
                return
            try:
                create(self._store, bucket, name, json.dumps(record).encode(), described, {})
            except ApiError:
                return  # no such bucket: a real machine couldn't write it either


def ray_head(store: Store, config: dict[str, Any]) -> dict[str, Any] | None:
    """The head of the machine's Ray cluster, as the tool wrote it; None before it did."""
    found = store.get(live(str(config["bucket"])), f"{config['deployment']}/files/ray-head.json")
    return dict(json.loads(read(store, found))) if found is not None else None


def _given_addresses(store: Store) -> Iterator[tuple[str, str]]:
    """The addresses that instances had when the cloud ended last."""
    for collection, _, body, _ in store.everything():
        if collection.startswith(COMPUTE) and collection.endswith("/instances"):
            for interface in body["networkInterfaces"][:1]:
                if interface.get("networkIP"):
                    yield body["id"], interface["networkIP"]


def _config(instance: Instance) -> dict[str, Any] | None:
    """The node configuration in the instance's metadata; None where none can be read."""
    try:
        given = json.loads(instance.metadata.get("cluster-config", ""))
    except ValueError:
        return None
    return given if isinstance(given, dict) and {"bucket", "deployment"} <= given.keys() else None
