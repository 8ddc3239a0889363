"""Looks up the machines of a scale set in both modes, and the errors that keep it from having them.

A Uniform set lists its own machines. A Flexible set's are virtual machines of its group; one list has their states too:
https://learn.microsoft.com/rest/api/compute/virtual-machines/list (read 2026-11-25: `$expand=instanceView` works only
with the filter by scale set).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.azure.api import AzureApi
from cluster_provision.clouds.base import GroupError, Machine, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import timedelta

# The API versions that azurerm 5.2.0 uses.
SCALE_SETS = "2025-04-01"
MACHINES = "2024-03-01"
INTERFACES = "2023-09-01"

UNIFORM = "uniform"
FAILED = "provisioningstate/failed"
EPOCH = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class ScaleSetMachine(Machine):
    """A machine of a scale set: its computer `name`, and the `instance_id` that the machine itself reads.

    `computer_name` is what `name` is at first, and the name of its record: a node of a Slurm cluster has another name.
    `resource` is Azure's name for it within the set: the instance's number in Uniform mode, the virtual machine's name
    in Flexible, and `id` its resource id. `configuration` is the id of its first IP configuration, and `made` the time
    it was made. `latest`: it has the set's present model.
    """

    computer_name: str = ""
    resource: str = ""
    id: str = ""
    configuration: str = ""
    made: datetime = EPOCH
    latest: bool = True


@dataclass(frozen=True)
class ScaleSet:
    """A scale set: its resource `id`, its mode (uniform, flexible), and the number of machines that it should have.

    Also the first public key of its model, and Azure's word for its state (`Succeeded`, `Updating`, `Failed`).
    """

    id: str
    mode: str
    capacity: int
    public_key: str
    state: str


@dataclass(frozen=True)
class Card:
    """A network interface's first private address, and the id of the IP configuration with that address."""

    address: str
    configuration: str


class AzureMachines(AzureApi):
    def scale_set(self, group: str, name: str) -> ScaleSet | None:
        """Return the set of that name, or None where there is none."""
        found = self.find(self._scale_set_id(group, name), SCALE_SETS, f"looking up scale set {name}")
        if found is None:
            return None
        properties = found.get("properties") or {}
        system = (properties.get("virtualMachineProfile") or {}).get("osProfile") or {}
        keys = ((system.get("linuxConfiguration") or {}).get("ssh") or {}).get("publicKeys") or []
        return ScaleSet(
            id=str(found["id"]),
            mode=str(properties.get("orchestrationMode", "")).lower(),
            capacity=int((found.get("sku") or {}).get("capacity") or 0),
            public_key=str(keys[0].get("keyData", "")).strip() if keys else "",
            state=str(properties.get("provisioningState", "")),
        )

    def machines(self, group: str, name: str, mode: str) -> list[ScaleSetMachine]:
        """Return the set's machines, unordered; none where there is no such set.

        It makes two list calls in any case.
        """
        try:
            listed = list(self._listed(group, name, mode))
            cards = self._cards(group, name, mode) if listed else {}
        except NotFound:
            return []
        return [_machine(each, cards, name) for each in listed]

    def single_machines(self, group: str, names: Sequence[str]) -> list[ScaleSetMachine]:
        """Return those of these virtual machines, which are in no scale set, that are there, in their order."""
        found = []
        for name in names:
            doing, query = f"looking up machine {name}", {"$expand": "instanceView"}
            try:
                told = self.get(self._machine_id(group, name), MACHINES, doing, query)
            except NotFound:
                continue
            interfaces = ((told.get("properties") or {}).get("networkProfile") or {}).get("networkInterfaces") or []
            cards = [self.find(str(each["id"]), INTERFACES, doing) for each in interfaces]
            found.append(_machine(told, {str(each["id"]).lower(): _card(each) for each in cards if each}, ""))
        return found

    def start_machine(self, group: str, name: str) -> None:
        """Have a stopped machine start; returns once Azure has taken it."""
        self.call("POST", f"{self._machine_id(group, name)}/start", MACHINES, f"starting machine {name}")

    def stop_machine(self, group: str, name: str) -> None:
        """Have a machine stop, which keeps its disks and costs no more; returns once Azure has taken it."""
        self.call("POST", f"{self._machine_id(group, name)}/deallocate", MACHINES, f"stopping machine {name}")

    def replace_machines(
        self, group: str, name: str, mode: str, going: Sequence[ScaleSetMachine], capacity: int
    ) -> None:
        """Delete these machines and restore the set's size: it then makes new ones of its present model."""
        path, doing = self._scale_set_id(group, name), f"deleting machines of scale set {name}"
        if mode == UNIFORM:
            self.outcome(f"{path}/delete", SCALE_SETS, doing, {"instanceIds": [m.resource for m in going]})
        else:
            machines = f"{self._group_id(group)}/providers/Microsoft.Compute/virtualMachines"
            for each in going:
                self.remove(f"{machines}/{each.resource}", MACHINES, doing)
        self.change(path, SCALE_SETS, f"replacing machines of scale set {name}", {"sku": {"capacity": capacity}})

    def group_errors(self, group: str, name: str, earlier: timedelta) -> list[GroupError]:
        """Return the set's own failures since this run began, or `earlier` before that; none where there is no set."""
        path = f"{self._scale_set_id(group, name)}/instanceView"
        try:
            told = self.get(path, SCALE_SETS, f"looking at scale set {name}")
        except NotFound:
            return []
        failed = [each for each in told.get("statuses") or () if _failed(each)]
        dated = [GroupError(_text(each), "", _when(str(each.get("time") or ""))) for each in failed]
        return [each for each in dated if self.began is None or each.at >= self.began - earlier]

    def _listed(self, group: str, name: str, mode: str) -> Iterator[dict[str, Any]]:
        doing = f"listing the machines of scale set {name}"
        expanded = {"$expand": "instanceView"}
        if mode == UNIFORM:
            path = f"{self._scale_set_id(group, name)}/virtualMachines"
            return self.pages(path, SCALE_SETS, doing, expanded)
        path = f"{self._group_id(group)}/providers/Microsoft.Compute/virtualMachines"
        of_set = {"$filter": f"'virtualMachineScaleSet/id' eq '{self._scale_set_id(group, name)}'"}
        return self.pages(path, MACHINES, doing, {**of_set, **expanded})

    def _cards(self, group: str, name: str, mode: str) -> dict[str, Card]:
        """Return the network interfaces by their ids in lower case."""
        within = self._scale_set_id(group, name) if mode == UNIFORM else f"{self._group_id(group)}/providers"
        kind = "networkInterfaces" if mode == UNIFORM else "Microsoft.Network/networkInterfaces"
        found = self.pages(f"{within}/{kind}", INTERFACES, f"listing the network interfaces of scale set {name}")
        return {str(each["id"]).lower(): _card(each) for each in found}

    def _group_id(self, group: str) -> str:
        return f"/subscriptions/{self.subscription_id}/resourceGroups/{group}"

    def _machine_id(self, group: str, name: str) -> str:
        return f"{self._group_id(group)}/providers/Microsoft.Compute/virtualMachines/{name}"

    def _scale_set_id(self, group: str, name: str) -> str:
        return f"{self._group_id(group)}/providers/Microsoft.Compute/virtualMachineScaleSets/{name}"


def _machine(told: Mapping[str, Any], cards: Mapping[str, Card], group: str) -> ScaleSetMachine:
    properties = told.get("properties") or {}
    view = properties.get("instanceView") or {}
    statuses = view.get("statuses") or []
    system = properties.get("osProfile") or {}
    interfaces = (properties.get("networkProfile") or {}).get("networkInterfaces") or []
    zones = told.get("zones") or [""]
    failed = [_text(each) for each in statuses if _failed(each)]
    card = next((found for each in interfaces if (found := cards.get(str(each["id"]).lower()))), Card("", ""))
    name = str(system.get("computerName") or view.get("computerName") or told["name"])
    return ScaleSetMachine(
        name=name,
        computer_name=name,
        instance_id=str(properties.get("vmId", "")),
        zone="-".join(part for part in (str(told.get("location", "")), str(zones[0])) if part),
        group=group,
        address=card.address,
        configuration=card.configuration,
        status=_status(str(properties.get("provisioningState", "")), statuses),
        problem="; ".join(failed),
        id=str(told.get("id", "")),
        resource=str(told.get("instanceId") or told["name"]),
        made=_when(str(properties.get("timeCreated") or "")),
        latest=bool(properties.get("latestModelApplied", True)),
    )


def _status(state: str, statuses: list[dict[str, Any]]) -> str:
    """Return RUNNING where the machine is provisioned and its power is on; else Azure's word for its state."""
    power = next((str(s["code"]).partition("/")[2] for s in statuses if str(s["code"]).startswith("PowerState/")), "")
    if state.lower() != "succeeded":
        return state.upper()
    return power.upper() or "RUNNING"


def _failed(status: Mapping[str, Any]) -> bool:
    return str(status.get("code", "")).lower().startswith(FAILED)


def _text(status: Mapping[str, Any]) -> str:
    """Return "<code>: <message>" of a status such as ProvisioningState/failed/AllocationFailed."""
    code = str(status.get("code", "")).split("/")[2:] or ["ProvisioningFailed"]
    message = str(status.get("message") or status.get("displayStatus") or "no reason given")
    return " ".join(f"{code[0]}: {message}".split())


def _when(text: str) -> datetime:
    """Parse Azure's time, which has up to seven digits of a second; the earliest time for an empty text."""
    try:
        whole = datetime.fromisoformat(text)
    except ValueError:
        return EPOCH
    return whole if whole.tzinfo else whole.replace(tzinfo=UTC)


def _card(interface: Mapping[str, Any]) -> Card:
    for each in (interface.get("properties") or {}).get("ipConfigurations") or []:
        if address := str((each.get("properties") or {}).get("privateIPAddress") or ""):
            return Card(address, str(each.get("id", "")))
    return Card("", "")
