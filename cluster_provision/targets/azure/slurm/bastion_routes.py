"""How the machines of a Slurm cluster are reached through Azure Bastion, by the Azure CLI and by the tool itself."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.result import Connection, HeadAccess

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cluster_provision.clouds.azure.machines import ScaleSetMachine
    from cluster_provision.settings import AzureSettings

SSH_PORT = 22


@dataclass(frozen=True)
class BastionRoutes:
    """The routes through the `bastion` in the resource group `group`, for `user`; `key` is the private key's file
    where it is known."""

    subscription: str
    group: str
    bastion: str
    user: str
    key: Path | None = None

    def command(self, machine: ScaleSetMachine) -> tuple[str, ...]:
        """The command that opens a shell on the machine.

        Without a key's file it is az's way for passwords, which leaves the keys to ssh: an agent's, or those in their
        usual places (azext_bastion/custom.py, ssh_bastion_host, read 2026-12-01).
        """
        known = ("ssh-key", "--ssh-key", str(self.key)) if self.key else ("password",)
        way = ("--auth-type", *known, "--username", self.user)
        return ("az", "network", "bastion", "ssh", *self._place(), "--target-resource-id", self.id_of(machine), *way)

    def connection(self, machines: Sequence[ScaleSetMachine], head: ScaleSetMachine) -> Connection:
        """The result's part on how to connect."""
        return Connection(
            access="bastion",
            head=HeadAccess(head.name, head.address, SSH_PORT, self.user),
            ssh={each.name: shlex.join(self.command(each)) for each in machines},
            key_file=str(self.key or ""),
        )

    def id_of(self, machine: ScaleSetMachine) -> str:
        """Azure's id of a machine, which may be one of a uniform scale set."""
        within = f"virtualMachineScaleSets/{machine.group}/" if machine.group else ""
        return f"{self._compute}/{within}virtualMachines/{machine.resource}"

    def vm_id(self, name: str) -> str:
        """Azure's id of the virtual machine of this name, which is in no scale set."""
        return f"{self._compute}/virtualMachines/{name}"

    @property
    def _compute(self) -> str:
        return f"/subscriptions/{self.subscription}/resourceGroups/{self.group}/providers/Microsoft.Compute"

    def _place(self) -> tuple[str, ...]:
        return (
            *("--subscription", self.subscription),
            *("--resource-group", self.group),
            *("--name", self.bastion),
        )


def bastion_name(settings: AzureSettings) -> str:
    """The name of the Bastion that terraform/modules/azure/bastion makes."""
    return f"{settings.name_prefix}-bastion"


def bastion_routes(settings: AzureSettings, key: Path | None) -> BastionRoutes:
    """The routes of this cluster."""
    s = settings
    return BastionRoutes(s.subscription_id, s.resource_group, bastion_name(s), s.admin, key)
