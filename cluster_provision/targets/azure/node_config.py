"""What an Azure machine is told by its custom data: /etc/cluster/config.json (docs/azure-nodes.md)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = 1


@dataclass(frozen=True)
class Fetched:
    """An archive that the nodes fetch: `object` is its blob, `destination` the folder that it is extracted to."""

    object: str
    destination: str


@dataclass(frozen=True)
class SlurmPart:
    """The part that a machine takes in a Slurm cluster: controller, login or node; and the controller's name."""

    part: str
    controller: str


@dataclass(frozen=True)
class NodeConfig:
    """What a node's bootstrap is to do, and where it reports to.

    `account` and `container` say where the state lies, `deployment` is the cluster's folder there; `identity` is the
    resource id of the identity that writes the record, empty for the only one that the machine has. `sku` is the
    machine's size, with `gpus` (None where it isn't known: the node counts them), `nvme_disks` of its own (0 for none,
    or where it isn't known) and `infiniband`. `orchestrator` is the orchestrator's part, `slurm` Slurm's.
    `health_gate` is HEALTH_GATE's value: a node only knows whether it is off, so that a stricter gate changes no
    machine.
    """

    account: str
    container: str
    deployment: str
    admin: str
    sku: str
    identity: str = ""
    gpus: int | None = 0
    nvme_disks: int = 0
    infiniband: bool = False
    docker: bool = True
    files: Fetched | None = None
    samples: Fetched | None = None
    orchestrator: Mapping[str, Any] = field(default_factory=lambda: {"ray": None})
    slurm: SlurmPart | None = None
    startup_command: str = ""
    health_gate: str = "warn"

    def to_json(self, *, cloud_init: bool) -> str:
        """The file's text, in ASCII; `cloud_init` tells the node that the user has given a CLOUD_INIT to wait for."""
        told = {
            "schema": SCHEMA,
            "cloud": "azure",
            "account": self.account,
            "container": self.container,
            "deployment": self.deployment,
            "identity": self.identity,
            "files": _fetched(self.files),
            "samples": _fetched(self.samples),
            "admin": self.admin,
            "sku": self.sku,
            "gpus": self.gpus,
            "nvme_disks": self.nvme_disks,
            "infiniband": self.infiniband,
            "docker": self.docker,
            "health": {"gate": "off" if self.health_gate == "off" else "on"},
            **self.orchestrator,
            **({"slurm": asdict(self.slurm)} if self.slurm else {}),
            "startup_command": self.startup_command,
            "cloud_init": cloud_init,
        }
        return json.dumps(told, indent=1, sort_keys=True) + "\n"


def _fetched(archive: Fetched | None) -> dict[str, str] | None:
    return None if archive is None else {"object": archive.object, "destination": archive.destination}
