"""The containers of machines that exist already: servers, of which no cloud knows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from embedded_cloud.engine import names
from embedded_cloud.exchange import Answer
from embedded_cloud.existing.machines.images import NODE_IMAGE, NODE_IMAGES
from embedded_cloud.machines.box import Box

if TYPE_CHECKING:
    from collections.abc import Mapping

    from embedded_cloud.exchange import Request
    from embedded_cloud.machines.base import Instance

BOOT_ERROR = "no machine"
MACHINE_FILE = "/etc/rehearsal/machine.json"
PASSWORD_FILE = "/etc/rehearsal/password"  # noqa: S105 - the first boot takes it away
HOST_KEY_FILE = "/etc/ssh/ssh_host_ed25519_key"
SHARED_FOLDER = "/var/lib/rehearsal/shared"  # what images/node-existing/…/nfs keeps there, NFS would share
ACCELERATOR = "NVIDIA H100 80GB HBM3"


class ExistingPlatform:
    """The `Platform` of machines that exist already."""

    boot_error = BOOT_ERROR

    def box(self, instance: Instance, condition: Mapping[str, Any]) -> Box:
        return Box(
            image=NODE_IMAGES.get(str(condition.get("release", "")), NODE_IMAGE),
            name=names.node_container(instance.name),
            domain="",
            # One whose address the env file gives is found there alone, as one that no name server knows.
            aliases=() if instance.address else instance.properties["machine"].names,
            files={
                MACHINE_FILE: description(instance, condition),
                PASSWORD_FILE: instance.properties["machine"].password,
                **_host_key(instance),
            },
            volumes={names.SHARED_VOLUME: SHARED_FOLDER},
            alone=True,
            # Nor may it set the clock, which is the engine's machine's.
            without=("SYS_RESOURCE", "SYS_TIME"),
        )

    def private_domain(self, instance: Instance) -> str:
        return ""

    def metadata(self, instance: Instance, address: str, request: Request) -> Answer:
        return Answer.text("no cloud\n", 404)


def description(instance: Instance, condition: Mapping[str, Any]) -> str:
    """What images/node-existing/…/machine reads."""
    machine = instance.properties["machine"]
    return json.dumps(
        {
            "id": instance.id,
            "name": instance.name,
            "user": machine.user,
            "keys": [] if condition.get("accepts_keys") is False else machine.keys,
            "sudo_asks": machine.sudo_asks,
            "sudo": condition.get("sudo") is not False,
            "clock": int(condition.get("clock") or 0),
            "address": instance.address,
            "names": machine.places,
            "others": [
                {"name": each.name, "address": each.address, "names": each.places}
                for each in instance.properties["others"]
            ],
            "gpus": int(condition.get("gpus") or 0),
            "accelerator": str(condition.get("accelerator") or ACCELERATOR),
            "sick_gpus": list(condition.get("sick_gpus") or ()),
            "memory_cgroups": condition.get("memory_cgroups") is not False,
        }
    )


def _host_key(instance: Instance) -> dict[str, str]:
    return {
        HOST_KEY_FILE: instance.properties["host_key"],
        f"{HOST_KEY_FILE}.pub": f"{instance.properties['public_host_key']}\n",
    }
