"""Machines that exist already as systemd containers (REHEARSE=yes)."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING

from embedded_cloud.engine import names
from embedded_cloud.engine.files import archive
from embedded_cloud.existing.machines.platform import BOOT_ERROR, MACHINE_FILE, ExistingPlatform, description
from embedded_cloud.machines.base import BootError
from embedded_cloud.machines.containers import Containers

if TYPE_CHECKING:
    from embedded_cloud.conditions import Conditions
    from embedded_cloud.machines.base import Instance
    from embedded_cloud.machines.node_network import NodeNetwork

SSH_PORT = 22
UP_SECONDS = 60.0
POLL_SECONDS = 0.05
CONNECT_SECONDS = 10.0
# Each cluster that a machine is part of has a folder of its name here.
CLUSTERS = "/var/lib/cluster-provision"


class Booted(Containers):
    """The `Servers` that really boot."""

    are_running = True

    def __init__(self, network: NodeNetwork, conditions: Conditions) -> None:
        super().__init__(network, ExistingPlatform(), conditions)
        self._conditions = conditions

    def boot(self, instance: Instance) -> str:
        """Return once its sshd answers, as that of a machine that exists does."""
        # Made by its first use, it would have no label.
        self._network.engine.volumes.create(names.SHARED_VOLUME, labels=names.labels("volume"))
        address = super().boot(instance)
        if self._conditions.machine(instance.name).get("starts") is False:
            return address
        deadline = time.monotonic() + UP_SECONDS
        while not _greets(address):
            if time.monotonic() > deadline:
                raise BootError(BOOT_ERROR, f"{instance.name} has booted, but its sshd doesn't answer")
            time.sleep(POLL_SECONDS)
        return address

    def connect(self, instance: Instance, at: str) -> socket.socket:
        return socket.create_connection((at, SSH_PORT), timeout=CONNECT_SECONDS)

    def introduce(self, instance: Instance) -> None:
        box = self.container(instance)
        if box is None:
            return
        text = description(instance, self._conditions.machine(instance.name))
        box.put_archive("/", archive({MACHINE_FILE: text}))
        if box.status == "running":
            box.exec_run(["/usr/local/lib/rehearsal/machine", "neighbours"])

    def holds_a_cluster(self, instance: Instance) -> bool:
        box = self.container(instance)
        if box is None:
            return False
        if box.status != "running":
            return True  # nobody can look
        return bool(box.exec_run(["ls", "-A", CLUSTERS], stderr=False).output)


def _greets(address: str) -> bool:
    """Whether an SSH server answers there (RFC 4253, 4.2)."""
    try:
        with socket.create_connection((address, SSH_PORT), timeout=1) as connection:
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False
