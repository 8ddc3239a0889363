"""Machines as systemd containers (REHEARSE=yes), which boot with the startup scripts of the virtual machines."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from docker.errors import NotFound

from embedded_cloud.engine import names
from embedded_cloud.engine.failures import ENGINE_FAILURES
from embedded_cloud.engine.files import archive, read
from embedded_cloud.machines.base import BootError
from embedded_cloud.machines.platform import Asker

if TYPE_CHECKING:
    from docker.models.containers import Container

    from embedded_cloud.conditions import Conditions
    from embedded_cloud.machines.addresses import Seat
    from embedded_cloud.machines.base import Instance
    from embedded_cloud.machines.box import Box
    from embedded_cloud.machines.node_network import NodeNetwork
    from embedded_cloud.machines.platform import Platform

AUTHORITY_FILE = "/usr/local/share/ca-certificates/rehearsal.crt"
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"  # the node's own, to which its first unit adds the authority
REMOVE_ATTEMPTS = 3
REMOVE_SECONDS = 0.5
STOP_SECONDS = 20
# $1: the disk's folder on the volume, $2: its name in the machine, $3: the device by which the machine knows it.
PLUG = f"""mkdir -p "{names.DISKS_FOLDER}/.all/$1" "$(dirname "$3")"
ln -sfn "{names.DISKS_FOLDER}/.all/$1" "{names.DISKS_FOLDER}/$2"
ln -sfn "{names.DISKS_FOLDER}/$2" "$3"
"""


class Containers:
    """The `Machines` of one cloud, which `platform` describes, as nodes of the network."""

    def __init__(self, network: NodeNetwork, platform: Platform, conditions: Conditions) -> None:
        self._network = network
        self._engine = network.engine
        self._platform = platform
        self._conditions = conditions

    def boot(self, instance: Instance) -> str:
        try:
            box = self.container(instance) or self._create(instance)
            if self._conditions.machine(instance.name, instance.number).get("starts") is False:
                return _address(box, names.CLUSTER_NETWORK)
            if box.status != "running":
                box.start()
                box.reload()
        except ENGINE_FAILURES as error:
            raise BootError(self._platform.boot_error, f"no container for {instance.name}: {error}") from error
        address = _address(box, names.CLUSTER_NETWORK)
        if names.METADATA_NETWORK in box.attrs["NetworkSettings"]["Networks"]:
            self._network.add(_address(box, names.METADATA_NETWORK), Asker(instance, address, self._platform))
        return address

    def remove(self, instance: Instance) -> None:
        self._network.remove(instance.id)
        for left in reversed(range(REMOVE_ATTEMPTS)):
            try:
                if (box := self.container(instance)) is not None:
                    box.remove(force=True, v=True)
                return self._network.seats.free(instance.id)
            except NotFound:
                return self._network.seats.free(instance.id)
            except ENGINE_FAILURES:  # a busy engine, or one that is removing it already
                if not left:
                    raise
                time.sleep(REMOVE_SECONDS)

    def stop(self, instance: Instance) -> None:
        if (box := self.container(instance)) is not None:
            box.stop(timeout=STOP_SECONDS)

    def plug(self, instance: Instance, disk: str, name: str, device: str) -> None:
        if (box := self.container(instance)) is not None and box.status == "running":
            box.exec_run(["sh", "-ec", PLUG, "sh", names.digest(disk), name, device])

    def serve(self, instance: Instance, program: str, given: str) -> None:
        if (box := self.container(instance)) is not None and box.status == "running":
            feed = 'umask 077; printf "%s" "$2" >"/run/rehearsal-$1"; exec "/usr/local/lib/rehearsal/$1-server"'
            box.exec_run(["sh", "-ec", feed, "sh", program, given], detach=True)

    def drop_disk(self, volume: str) -> None:
        for left in reversed(range(REMOVE_ATTEMPTS)):
            try:
                return self._engine.volumes.get(volume).remove(force=True)
            except NotFound:
                return None
            except ENGINE_FAILURES:  # the machine that had it is still going
                if not left:
                    raise
                time.sleep(REMOVE_SECONDS)

    def notebook(self, instance: Instance) -> tuple[str, int] | None:
        box = self.container(instance)
        return (_address(box, names.CLUSTER_NETWORK), names.NOTEBOOK_PORT) if box is not None else None

    def loopback(self, instance: Instance) -> str | None:
        box = self.container(instance)
        return loopback_of(box) if box is not None else None

    def recorded(self, instance: Instance) -> tuple[str, ...]:
        box = self.container(instance)
        return recorded_on(box) if box is not None else ()

    def close(self) -> None:
        """The network ends with the cloud, not with one cloud's machines."""

    def _create(self, instance: Instance) -> Container:
        cluster = self._engine.networks.get(names.CLUSTER_NETWORK)
        seat = self._network.seats.take(instance.id, cluster)
        try:
            return self._create_at(instance, seat)
        except ENGINE_FAILURES:
            self._network.seats.free(instance.id)
            raise

    def _create_at(self, instance: Instance, seat: Seat) -> Container:
        shape = self._platform.box(instance, self._conditions.machine(instance.name, instance.number))
        mounted = {**shape.volumes, **shape.disks}
        for volume in mounted:
            self._engine.volumes.create(volume, labels=names.labels("volume"))
        box = self._engine.containers.create(
            shape.image,
            name=shape.name,
            hostname=instance.name,
            domainname=shape.domain,
            labels=names.labels("node")
            | {
                names.LABEL_INSTANCE: instance.name,
                names.LABEL_ID: instance.id,
                names.LABEL_PROJECT: instance.project,
            },
            network=names.CLUSTER_NETWORK,
            networking_config={
                names.CLUSTER_NETWORK: self._engine.api.create_endpoint_config(
                    aliases=list(shape.aliases), ipv4_address=seat.cluster
                )
            },
            extra_hosts=dict.fromkeys(shape.hosts, names.METADATA_ADDRESS),
            dns=[self._network.own_address() if shape.alone else names.METADATA_ADDRESS],
            dns_search=list(shape.search),
            # 0: the engine takes a free one
            ports={f"{names.NOTEBOOK_PORT}/tcp": ("127.0.0.1", 0)} if shape.notebook else {},
            volumes=[f"{name}:{folder}" for name, folder in mounted.items()],
            shm_size=self._network.shared_memory,
            restart_policy={"Name": "on-failure"},  # a reboot from within ends the container with code 129
            cgroupns="private",
            tmpfs={"/run": "exec,mode=755", "/run/lock": ""},
            cap_add=["ALL"],
            cap_drop=list(shape.without),
            security_opt=["seccomp=unconfined", "apparmor=unconfined"],
        )
        try:
            if not shape.alone:
                self._engine.networks.get(names.METADATA_NETWORK).connect(box, ipv4_address=seat.metadata)
            through = {} if shape.alone else _door_files(self._network.authority, shape)
            box.put_archive("/", archive({**through, **shape.files}))
        except ENGINE_FAILURES:
            box.remove(force=True, v=True)
            raise
        return box

    def container(self, instance: Instance) -> Container | None:
        """The instance's own container; None where there is none, or another instance's has its name."""
        try:
            box = self._engine.containers.get(self._platform.box(instance, {}).name)
        except NotFound:
            return None
        return box if box.labels.get(names.LABEL_ID) == instance.id else None


def loopback_of(box: Container) -> str | None:
    """Where a browser on the engine's machine opens the node's notebook."""
    published = box.attrs["NetworkSettings"]["Ports"].get(f"{names.NOTEBOOK_PORT}/tcp")
    return f"http://127.0.0.1:{published[0]['HostPort']}" if published else None


def recorded_on(box: Container) -> tuple[str, ...]:
    """The names of the commands that the node has recorded in place of running them, in their order."""
    return tuple(filter(None, map(_command, read(box, names.RECORDED_FILE).splitlines())))


def _command(line: str) -> str:
    """The command in a line; empty where the line is half written, or written by a user of the node."""
    try:
        return str(json.loads(line)["command"])
    except (ValueError, LookupError, TypeError):
        return ""


def _address(box: Container, network: str) -> str:
    """The container's address in the network, also before it runs."""
    its = box.attrs["NetworkSettings"]["Networks"][network]
    return str(its["IPAddress"] or its["IPAMConfig"]["IPv4Address"])


def _door_files(authority: str, shape: Box) -> dict[str, str | bytes]:
    """The files that lead a node through the door: the authority, and the proxy for every service and login."""
    direct = ",".join((*shape.hosts, names.METADATA_ADDRESS, "localhost", "127.0.0.1"))
    door = f"http://{names.METADATA_ADDRESS}:{names.DOOR_PORT}"
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
