"""What runs left of a cluster on Azure: waited for, taken over, removed, or told."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.azure.leftovers import GROUP, KINDS, assignment, leftovers_of, role
from cluster_provision.clouds.base import NotFound
from cluster_provision.errors import CANNOT_LOOK, Interrupted, NotReady, PermissionDenied, ProvisionError, Refused
from cluster_provision.readiness.polling import Poll
from cluster_provision.targets.base import Remains

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from cluster_provision.clouds.azure.cloud import Azure
    from cluster_provision.clouds.azure.leftovers import Tagged
    from cluster_provision.result import Leftover
    from cluster_provision.settings import AzureSettings
    from cluster_provision.state.base import StateStore

DISKS = "microsoft.compute/disks"
OF_SCALE_SETS = ("microsoft.compute/virtualmachines", "microsoft.network/networkinterfaces", DISKS)
"""What a scale set makes, and takes with it."""

MAY_STAY = (KINDS[DISKS][0], GROUP)
"""What Destroy keeps where that is asked for."""

SCALE_SET = "microsoft.compute/virtualmachinescalesets"
UNDER_WAY = ("creating", "updating", "deleting", "migrating")


class Removal:
    """What is known of one cluster on Azure when it goes: `label` is its tag's value, and `container` the resource id
    of the container that its state lies in, empty where it can't be seen; `unlisted` is the refusal of that look.
    `scale_sets` are its scale sets, and `power_role` is the name of its controller's role, empty for none. `data_disk`
    is the resource id of the disk that may outlive it, empty for none; `keeps_disk`: it is to."""

    def __init__(
        self,
        settings: AzureSettings,
        cloud: Azure,
        label: str,
        container: str,
        unlisted: ProvisionError | None = None,
        *,
        scale_sets: Sequence[str] = (),
        power_role: str = "",
        data_disk: str = "",
        keeps_disk: bool = False,
    ) -> None:
        self.settings = settings
        self.cloud = cloud
        self.label = label
        self.container = container
        self.unlisted = unlisted
        self.scale_sets = tuple(scale_sets) or (settings.vmss_name,)
        self.power_role = power_role
        self.data_disk = data_disk
        self.keeps_disk = keeps_disk

    def adoptable(self, kind: str, values: Mapping[str, Any], since: datetime) -> str:
        """The import id of a resource that was made for this cluster after `since`; empty where it isn't surely one.

        Nothing is taken over where anything with the cluster's tag is older than its place in the container: that would
        be another cluster's of the same name, whose state lies elsewhere. The data disk may be older: Destroy keeps it
        where that is asked for.
        """
        found = self.cloud.tagged(self.label)
        if any(each.made is not None and each.made < since and not self._is_data_disk(each) for each in found):
            return ""
        return self.cloud.adoptable(kind, values, self.label)

    def settle(self, tell: Callable[[str], None]) -> None:
        """Return once nothing is under way. Raises NotReady where that takes longer than READY_TIMEOUT."""
        settings = self.settings
        group = settings.resource_group
        poll = Poll(settings.ready_timeout * 60)
        what = ""
        while poll.next():
            with poll.bearing_outages(tell):
                found = self.cloud.group(group)
                state = str(((found or {}).get("properties") or {}).get("provisioningState", ""))
                what = f"resource group {group} is being deleted" if state.lower() == "deleting" else ""
                if found is not None and not what:
                    what = self._under_way()
                if not what:
                    return
                tell(f"an earlier run is not over: {what}")
        raise NotReady(
            f"after {poll.elapsed / 60:.0f} minutes: {what}",
            "Azure goes on with it: run the same command again later. READY_TIMEOUT sets the limit.",
        )

    def _under_way(self) -> str:
        """What is being done to one of its scale sets, in words; empty for nothing."""
        for name in self.scale_sets:
            scale_set = self.cloud.scale_set(self.settings.resource_group, name)
            if scale_set is not None and scale_set.state.lower() in UNDER_WAY:
                return f"scale set {name} is {scale_set.state.lower()}"
        return ""

    def sweep(self, store: StateStore, say: Callable[[str], None]) -> bool:
        """Remove what carries the cluster's tag and was made since its place was claimed; whether anything was.

        What keeps one thing from going, such as a lock, is said, and is no reason to forget what Terraform ended with.
        """
        since = store.claimed_at() if store.exists() else None
        if since is None:
            return False
        removed = False
        try:
            for said in self._swept(store.deployment, since):
                say(f"  removed {said}")
                removed = True
        except Interrupted:
            raise
        except ProvisionError as failure:
            say(f"  {' '.join(failure.message.split())}")
        return removed

    def _swept(self, deployment: str, since: datetime) -> Iterator[str]:
        """What is removed, one after the other, once it is gone."""
        cloud = self.cloud
        found = [each for each in self._to_go() if _is_ours(each, since)]
        for each in self._without_parts(found):
            cloud.remove_tagged(each)
            yield f"{KINDS[each.type][0]} {each.name}, which Terraform did not know"
        for path in self._assignments(deployment):
            cloud.remove_assignment(path)
            yield "a role that a machine of this cluster had"
        for path in self._roles():
            cloud.remove_role(path)
            yield f"role {self.power_role}, which Terraform did not know"

    def remove_own_group(self, store: StateStore, say: Callable[[str], None]) -> None:
        """Remove the cluster's own resource group, once nothing is in it, where Terraform does not know it.

        What keeps it from going is said, as `sweep` does it; whether it is still there is looked at in the end.
        """
        if not store.exists() or store.claimed_at() is None:
            return
        try:
            for each in self.cloud.tagged_groups(self.label):
                if not each.note and self.cloud.group_is_empty(each.name):
                    self.cloud.remove_group(each.name)
                    say(f"  removed resource group {each.name}, which Terraform did not know")
        except Interrupted:
            raise
        except ProvisionError as failure:
            say(f"  {' '.join(failure.message.split())}")

    def leftovers(self, deployment: str, *, gave_roles: bool = False) -> Remains:
        """All that is found, each once, in the order in which it can be deleted; and the looks that were refused.

        `gave_roles`: the machines had roles on the state's container, or nobody knows, since there is no state.
        """
        looks: tuple[Callable[[], Iterable[Leftover]], ...] = (
            lambda: leftovers_of(self._without_parts(self._to_go())),
            lambda: [assignment(path) for path in self._seen_assignments(deployment, gave_roles=gave_roles)],
            lambda: [role(self.power_role, self.settings.subscription_id) for _ in self._roles()],
            self._groups,
        )
        found: list[Leftover] = []
        unseen: list[ProvisionError] = []
        for look in looks:
            try:
                found += look()
            except CANNOT_LOOK as failure:
                unseen.append(failure)
            except NotFound as failure:  # of a list, which is there even where it is empty
                unseen.append(Refused(str(failure), "Azure refuses this as it is; the message says why."))
        return Remains(tuple(found), tuple(unseen))

    def remove_kept(self, remains: Remains, say: Callable[[str], None]) -> bool:
        """Remove the data disk that an earlier Destroy kept, with its group where that is the cluster's own; whether
        anything was removed. Nothing is, where more of the cluster remains, or may."""
        if self.keeps_disk or remains.unseen or any(each.kind not in MAY_STAY for each in remains.found):
            return False
        found = self.cloud.tagged(self.label)
        if not found or found != self._data_disks():
            return False
        for disk in found:
            say(f"  disk {disk.name}, which an earlier Destroy kept, goes with homes and accounting on it")
            self.cloud.remove_tagged(disk)
        for group in self.cloud.tagged_groups(self.label):
            if not group.note and self.cloud.group_is_empty(group.name):
                self.cloud.remove_group(group.name)
        return True

    def _to_go(self) -> list[Tagged]:
        """All with the cluster's tag but a disk that stays."""
        found = self.cloud.tagged(self.label)
        return [each for each in found if not (self.keeps_disk and self._is_data_disk(each))]

    def _data_disks(self) -> list[Tagged]:
        return [each for each in self.cloud.tagged(self.label) if self._is_data_disk(each)]

    def _is_data_disk(self, found: Tagged) -> bool:
        return bool(self.data_disk) and found.id.casefold() == self.data_disk.casefold()

    def _roles(self) -> list[str]:
        return self.cloud.roles(self.power_role) if self.power_role else []

    def _groups(self) -> Iterator[Leftover]:
        """The groups with the cluster's tag, but one that a disk keeps; the command of one that holds something shows
        it, and deletes nothing."""
        for each in self.cloud.tagged_groups(self.label):
            if self.keeps_disk and any(disk.group.casefold() == each.name.casefold() for disk in self._data_disks()):
                continue
            if each.note or self.cloud.group_is_empty(each.name):
                yield each
            else:
                named = f"az resource list --resource-group {shlex.quote(each.name)} --output table"
                listed = f"{named} --subscription {self.settings.subscription_id}"
                yield replace(each, command=listed, note="not empty; once it is, Destroy removes it")

    def _without_parts(self, found: list[Tagged]) -> list[Tagged]:
        """Without what goes with a scale set; the machines of a Slurm cluster's controller and login nodes don't."""
        return found if self.power_role else _without_machines(found)

    def _seen_assignments(self, deployment: str, *, gave_roles: bool) -> list[str]:
        """The same, where the container can be seen. Raises PermissionDenied where roles may be on an unseen one."""
        if not self.container and self.settings.node_identity is None and gave_roles:
            raise self.unlisted or PermissionDenied(
                "looking for remaining roles: the storage account of TERRAFORM_BLOB_PATH can't be seen in subscription "
                f"{self.settings.subscription_id}, so roles of machines on its container can't be looked up",
                "You need the right to read that account (docs/azure-permissions.md).",
            )
        return self._assignments(deployment)

    def _assignments(self, deployment: str) -> list[str]:
        """None with NODE_IDENTITY, which is granted nothing."""
        container = self.container
        if not container or self.settings.node_identity is not None:
            return []
        return self.cloud.assignments(container, deployment)


def _is_ours(found: Tagged, since: datetime) -> bool:
    """Of a kind that this tool makes; one older than the cluster's place is another's of the same name."""
    return found.type in KINDS and (found.made is None or found.made >= since)


def _without_machines(found: list[Tagged]) -> list[Tagged]:
    """Without what goes with a scale set of the same group."""
    groups = {each.group.lower() for each in found if each.type == SCALE_SET}
    return [each for each in found if not (each.type in OF_SCALE_SETS and each.group.lower() in groups)]
