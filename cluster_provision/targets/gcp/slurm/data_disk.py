"""The disk with a Slurm cluster's homes and accounting, which may outlive the cluster."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cluster_provision.checks.gcp.slurm_price import data_disk_monthly
from cluster_provision.clouds.gcp.resources import leftover
from cluster_provision.errors import CANNOT_LOOK, SettingsError
from cluster_provision.price import dollars
from cluster_provision.targets.gcp.leftovers import leftovers
from cluster_provision.targets.gcp.target import GcpTarget
from cluster_provision.targets.gcp.vms import VmsDecided

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cluster_provision.state.base import HeldInstance, StateFacts
    from cluster_provision.targets.base import Remains

DISK = "google_compute_disk"
DISK_ADDRESS = "module.slurm_disk.google_compute_disk.this"
EVER = datetime(1970, 1, 1, tzinfo=UTC)


class SlurmDataDisk(GcpTarget[VmsDecided]):
    """What a target does with its controller's data disk."""

    def data_disk_there_gb(self) -> int:
        """The size of the data disk that there is, an earlier cluster's too; 0 for none, and where a look is refused,
        so that quotas must have room for all of it."""
        with contextlib.suppress(*CANNOT_LOOK):
            return self.cloud.disk_gb(self.zone, f"{self.settings.controller_name}-data")
        return 0

    def kept(self, facts: StateFacts, say: Callable[[str], None]) -> tuple[str, ...]:
        """The controller's data disk, where DELETE_FILE_SHARES=no."""
        disks = facts.of_kind(DISK)
        for disk in disks:
            name, size = disk.attributes.get("name"), disk.attributes.get("size")
            price = data_disk_monthly(int(size or 0), self.region)
            money = "money" if price is None else f"{dollars(price)} USD a month"
            if self.settings.keep_data_disk:
                delete = leftover(f"projects/{self.settings.project_id}/zones/{self.zone}/disks/{name}").command
                say(f"  disk {name} ({size} GB) stays with {self.settings.data_disk_holds}, and costs {money}")
                say(f"  Create takes it again; this deletes it:\n    {delete}")
            else:
                say(f"  disk {name} ({size} GB) goes, with {self.settings.data_disk_holds} on it")
        if self.settings.shared_storage.kind == "nfs":
            say(f"  homes stay on {self.settings.shared_storage.server}, which isn't the cluster's")
        return tuple(DISK_ADDRESS for _ in disks) if self.settings.keep_data_disk else ()

    def remove_kept(self, remains: Remains, say: Callable[[str], None]) -> bool:
        """The data disk that an earlier Destroy kept, in a zone of the settings."""
        kept = ("disk", f"{self.settings.controller_name}-data")
        disks = [each for each in remains.found if (each.kind, each.name) == kept and each.place in self.zones]
        if self.settings.keep_data_disk or remains.unseen or not disks or len(disks) < len(remains.found):
            return False
        for disk in disks:
            say(f"  disk {disk.name}, which an earlier Destroy kept, goes with {self.settings.data_disk_holds} on it")
            self.cloud.remove_disk(disk.place, disk.name)
        return True

    def there_before(self, facts: StateFacts, since: datetime, say: Callable[[str], None]) -> tuple[str, ...]:
        """The data disk of an earlier cluster, which this one has taken."""
        old = [each.attributes for each in facts.of_kind(DISK) if _made(each) < since]
        for disk in old:
            say(f"  disk {disk.get('name')} stays in {self.zone} with an earlier cluster's homes, and costs money")
        return tuple(DISK_ADDRESS for _ in old)

    def adoptable(self, kind: str, values: Mapping[str, Any], since: datetime) -> str:
        """As others, and the data disk of an earlier cluster of this name, which was to stay.

        Raises SettingsError where that disk is larger than the settings': Terraform would replace it with an empty one.
        """
        if kind == DISK and values.get("name") == f"{self.settings.controller_name}-data":
            there, wanted = self.cloud.disk_gb(self.zone, str(values["name"])), self.settings.data_disk_gb
            if there > wanted:
                told = f"DATA_DISK_GB={wanted}: disk {values['name']} of an earlier cluster has {there} GB"
                raise SettingsError((f"{told}, and no disk shrinks",), f"Set DATA_DISK_GB={there}, or delete the disk.")
            place = {"project": self.settings.project_id, "zone": self.zone}
            return self.cloud.adoptable(kind, {**values, **place}, EVER)
        return super().adoptable(kind, values, since)

    def leftovers(self, facts: StateFacts) -> Remains:
        """What carries the cluster's label, and by their names what takes no labels."""
        found = leftovers(self, facts)
        if not self.settings.keep_data_disk:
            return found
        kept = ("disk", f"{self.settings.controller_name}-data", self.zone)
        return replace(found, found=tuple(each for each in found.found if (each.kind, each.name, each.place) != kept))


def _made(disk: HeldInstance) -> datetime:
    """When Google made it, as the state holds that; now where it doesn't."""
    told = str(disk.attributes.get("creation_timestamp") or "")
    return datetime.fromisoformat(told) if told else datetime.now(UTC)
