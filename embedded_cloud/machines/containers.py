"""Machines as systemd containers (REHEARSE=yes): each boots with the startup script that its virtual machine would get.

Runs inside the embedded cloud's own container, which has the engine's socket and stands on both networks. Each node is
on both too: its address on the metadata network tells the metadata server which node asks.
"""

from __future__ import annotations

import ipaddress
import json
import threading
import time
from typing import TYPE_CHECKING

import docker
from docker.errors import NotFound

from embedded_cloud.engine import names
from embedded_cloud.engine.failures import ENGINE_FAILURES
from embedded_cloud.engine.files import archive, read
from embedded_cloud.google.machines.metadata import ADDRESS, NAMES, Asker, MetadataServer
from embedded_cloud.machines.addresses import Seats
from embedded_cloud.machines.base import BootError
from embedded_cloud.machines.box import box_of, domain_of
from embedded_cloud.machines.engine_addresses import EngineAddresses
from embedded_cloud.machines.name_server import NameServer
from embedded_cloud.machines.public_addresses import Outside

if TYPE_CHECKING:
    from pathlib import Path

    from docker.models.containers import Container

    from embedded_cloud.conditions import Conditions
    from embedded_cloud.machines.addresses import Seat
    from embedded_cloud.machines.base import Instance

AUTHORITY_FILE = "/usr/local/share/ca-certificates/rehearsal.crt"
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"  # the node's own, to which its first unit adds the authority
REMOVE_ATTEMPTS = 3
REMOVE_SECONDS = 0.5


class Containers:
    """The `Machines` of an engine; `authority` is the certificate file of the embedded cloud's own authority."""

    def __init__(self, authority: Path, conditions: Conditions) -> None:
        self._engine = docker.from_env()
        self._conditions = conditions
        self._door_files = _door_files(authority.read_text())
        self._askers: dict[str, Asker] = {}  # by address on the metadata network
        self._lock = threading.Lock()
        self._seats = Seats(nodes(self._engine))
        self._shared_memory = int(self._engine.info()["MemTotal"]) // 2  # as Linux has it; an engine gives 64 MB
        self._servers = (MetadataServer(("", 80), self._who), NameServer(("", 53), self._address_of))
        for server in self._servers:
            threading.Thread(target=server.serve_forever, daemon=True).start()

    def boot(self, instance: Instance) -> str:
        try:
            box = self._container(instance) or self._create(instance)
            if self._conditions.machine(instance.name, instance.number).get("starts") is False:
                return _address(box, names.CLUSTER_NETWORK)
            if box.status != "running":
                box.start()
                box.reload()
        except ENGINE_FAILURES as error:
            code = "InternalExecutionError" if instance.cloud == "azure" else "INTERNAL_ERROR"
            raise BootError(code, f"no container for {instance.name}: {error}") from error
        address = _address(box, names.CLUSTER_NETWORK)
        with self._lock:
            self._askers[_address(box, names.METADATA_NETWORK)] = Asker(instance, address)
        return address

    def remove(self, instance: Instance) -> None:
        with self._lock:
            self._askers = {at: asker for at, asker in self._askers.items() if asker.instance.id != instance.id}
        for left in reversed(range(REMOVE_ATTEMPTS)):
            try:
                if (box := self._container(instance)) is not None:
                    box.remove(force=True, v=True)
                return self._seats.free(instance.id)
            except NotFound:
                return self._seats.free(instance.id)
            except ENGINE_FAILURES:  # a busy engine, or one that is removing it already
                if not left:
                    raise
                time.sleep(REMOVE_SECONDS)

    def notebook(self, instance: Instance) -> tuple[str, int] | None:
        box = self._container(instance)
        return (_address(box, names.CLUSTER_NETWORK), names.NOTEBOOK_PORT) if box is not None else None

    def loopback(self, instance: Instance) -> str | None:
        box = self._container(instance)
        return loopback_of(box) if box is not None else None

    def recorded(self, instance: Instance) -> tuple[str, ...]:
        box = self._container(instance)
        return recorded_on(box) if box is not None else ()

    def outside(self) -> Outside:
        """How they are reached: all of it is on the engine's own network."""
        network = self._engine.networks.get(names.CLUSTER_NETWORK)
        addresses = EngineAddresses(ipaddress.IPv4Network(network.attrs["IPAM"]["Config"][0]["Subnet"]))
        return Outside(addresses, lambda address, port: (address, port))

    def close(self) -> None:
        for server in self._servers:
            server.shutdown()
            server.server_close()
        self._engine.close()

    def _address_of(self, asker: str, name: str) -> str | None:
        """Where the machine of this name is, for another of its network, as the network's own name server has it."""
        with self._lock:
            own = self._askers.get(asker)
            if own is None or own.instance.cloud != "azure":
                return None
            domain = domain_of(own.instance)
            wanted = name.lower().removesuffix(f".{domain}")
            same = (each for each in self._askers.values() if each.instance.cloud == "azure")
            near = (each for each in same if domain_of(each.instance) == domain)
            return next((each.address for each in near if each.instance.name.lower() == wanted), None)

    def _who(self, address: str) -> Asker | None:
        with self._lock:
            return self._askers.get(address)

    def _create(self, instance: Instance) -> Container:
        cluster = self._engine.networks.get(names.CLUSTER_NETWORK)
        seat = self._seats.take(instance.id, cluster)
        try:
            return self._create_at(instance, seat)
        except ENGINE_FAILURES:
            self._seats.free(instance.id)
            raise

    def _create_at(self, instance: Instance, seat: Seat) -> Container:
        made = box_of(instance, self._conditions.machine(instance.name, instance.number))
        box = self._engine.containers.create(
            made.image,
            name=made.name,
            hostname=instance.name,
            domainname=made.domain,
            labels=names.labels("node")
            | {
                names.LABEL_INSTANCE: instance.name,
                names.LABEL_ID: instance.id,
                names.LABEL_PROJECT: instance.project,
            },
            network=names.CLUSTER_NETWORK,
            networking_config={
                names.CLUSTER_NETWORK: self._engine.api.create_endpoint_config(
                    aliases=list(made.aliases), ipv4_address=seat.cluster
                )
            },
            extra_hosts=dict.fromkeys(made.hosts, ADDRESS),
            dns=[ADDRESS],  # as on Google's machines
            dns_search=list(made.search),
            # 0: the engine takes a free one
            ports={f"{names.NOTEBOOK_PORT}/tcp": ("127.0.0.1", 0)} if made.notebook else {},
            shm_size=self._shared_memory,
            restart_policy={"Name": "on-failure"},  # a reboot from within ends the container with code 129
            cgroupns="private",
            tmpfs={"/run": "exec,mode=755", "/run/lock": ""},
            cap_add=["ALL"],
            cap_drop=["SYS_RESOURCE"],  # which an engine in a virtual machine may not have itself
            security_opt=["seccomp=unconfined", "apparmor=unconfined"],
        )
        try:
            self._engine.networks.get(names.METADATA_NETWORK).connect(box, ipv4_address=seat.metadata)
            box.put_archive("/", archive({**self._door_files, **made.files}))
        except ENGINE_FAILURES:
            box.remove(force=True, v=True)
            raise
        return box

    def _container(self, instance: Instance) -> Container | None:
        """The instance's own container; one of the same name that isn't is left alone, and not to be had."""
        try:
            box = self._engine.containers.get(box_of(instance, {}).name)
        except NotFound:
            return None
        return box if box.labels.get(names.LABEL_ID) == instance.id else None


def nodes(engine: docker.DockerClient, project: str | None = None) -> list[Container]:
    """The containers of all nodes, or of a project's, by name."""
    wanted = [f"{names.LABEL}=node"] + ([f"{names.LABEL_PROJECT}={project}"] if project else [])
    found = engine.containers.list(all=True, filters={"label": wanted})
    return sorted(found, key=lambda box: box.labels[names.LABEL_INSTANCE])


def loopback_of(box: Container) -> str | None:
    """Where a browser on the engine's machine opens the node's notebook."""
    published = box.attrs["NetworkSettings"]["Ports"].get(f"{names.NOTEBOOK_PORT}/tcp")
    return f"http://127.0.0.1:{published[0]['HostPort']}" if published else None


def recorded_on(box: Container) -> tuple[str, ...]:
    """The names of the commands that the node has recorded in place of running them, in their order."""
    return tuple(filter(None, map(_command, read(box, names.RECORDED_FILE).splitlines())))


def _command(line: str) -> str:
    """Empty for a line that is only half written, or that somebody else wrote: any user of the node may."""
    try:
        return str(json.loads(line)["command"])
    except (ValueError, LookupError, TypeError):
        return ""


def _address(box: Container, network: str) -> str:
    """The one that it has, or will have once it runs."""
    its = box.attrs["NetworkSettings"]["Networks"][network]
    return str(its["IPAddress"] or its["IPAMConfig"]["IPv4Address"])


def _door_files(authority: str) -> dict[str, str | bytes]:
    """What lets a node through the one door: its authority, and the proxy for every service and login."""
    direct = ",".join((*NAMES, ADDRESS, "localhost", "127.0.0.1"))
    door = f"http://{ADDRESS}:{names.DOOR_PORT}"
    variables = {
        "HTTPS_PROXY": door,
        "https_proxy": door,
        "NO_PROXY": direct,
        "no_proxy": direct,
        "SSL_CERT_FILE": BUNDLE,
        "REQUESTS_CA_BUNDLE": BUNDLE,
    }
    written = [f"{name}={value}" for name, value in variables.items()]
    return {
        AUTHORITY_FILE: authority,
        "/etc/environment": "\n".join(written) + "\n",
        "/etc/systemd/system.conf.d/rehearsal.conf": f"[Manager]\nDefaultEnvironment={' '.join(written)}\n",
    }
