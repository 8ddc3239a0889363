"""What the embedded cloud needs of its machines, played or booted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True)
class Instance:
    """One instance of a group, as it is to be booted.

    `properties` are its template's (`metadata.items`, `labels`, `serviceAccounts`, …), with the metadata that the
    instance itself got since; `group_key` is its group's full resource name. `boot_id` is the same for one boot.
    On Azure, the subscription is the project, and `properties` are those of the scale set's model: `osProfile`, with
    the customData. `address` is the one that the cloud itself gave to the machine, empty where it gives none.
    """

    project: str
    zone: str
    name: str
    id: str
    boot_id: str
    properties: dict[str, Any]
    group_key: str
    address: str = ""

    @property
    def path(self) -> str:
        """The name of the machine in scenarios."""
        return f"/{self.project}/{self.zone}/{self.name}"

    @property
    def region(self) -> str:
        return self.zone.rpartition("-")[0]

    @property
    def number(self) -> int | None:
        """Which of its scale set's machines it is, from 0 on; None for a machine of another group."""
        return self.properties.get("number")

    @property
    def metadata(self) -> dict[str, str]:
        """The metadata attributes by key."""
        items = (self.properties.get("metadata") or {}).get("items") or ()
        return {str(item["key"]): str(item.get("value", "")) for item in items}


class BootError(Exception):
    """The machine could not be started; `code` is the cloud's own word for why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class Machines(Protocol):
    """Called from several threads, never with the store's lock held."""

    def boot(self, instance: Instance) -> str:
        """Start the machine, or find it running (a cloud that starts again boots all it knows); its IPv4 address."""

    def remove(self, instance: Instance) -> None:
        """End the machine; return once it is gone. One that isn't there is gone."""

    def stop(self, instance: Instance) -> None:
        """Stop the machine, which keeps what is on it: `boot` starts it again."""

    def plug(self, instance: Instance, disk: str, name: str, device: str) -> None:
        """Have the running machine see a part of its `disks` that outlives it, of that `disk` alone: as the file
        `device`. `name` is its name where the machine's image keeps such disks."""

    def serve(self, instance: Instance, program: str, given: str) -> None:
        """Have the running machine stand in for a service by this program of its image's, which is given this text."""

    def drop_disk(self, volume: str) -> None:
        """Delete what is on a disk that outlives machines, by its volume's name. One that isn't there is gone."""

    def notebook(self, instance: Instance) -> tuple[str, int] | None:
        """Host and port of the notebook; None where the cloud itself answers instead of it."""

    def loopback(self, instance: Instance) -> str | None:
        """The notebook's address for a browser on this machine, such as http://127.0.0.1:8081."""

    def recorded(self, instance: Instance) -> tuple[str, ...]:
        """The names of the commands that can't work here and were recorded on the machine instead, one a call."""

    def close(self) -> None:
        """End what belongs to the machines, at the end of the cloud."""


class PlayedMachines:
    """What all `Machines` have in common that are only played: nobody can reach one."""

    def stop(self, instance: Instance) -> None:
        """Nothing runs."""

    def plug(self, instance: Instance, disk: str, name: str, device: str) -> None:
        """Nobody looks at it."""

    def serve(self, instance: Instance, program: str, given: str) -> None:
        """Nobody asks for the service."""

    def drop_disk(self, volume: str) -> None:
        """There is nothing on it."""

    def notebook(self, instance: Instance) -> tuple[str, int] | None:
        return None

    def loopback(self, instance: Instance) -> str | None:
        return None

    def recorded(self, instance: Instance) -> tuple[str, ...]:
        return ()
