"""Scale sets and their machines.

A Uniform set's machines are parts of it; a Flexible set's are virtual machines of their own in its group.
https://learn.microsoft.com/azure/virtual-machine-scale-sets/virtual-machine-scale-sets-orchestration-modes
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from embedded_cloud.azure import locks, resources
from embedded_cloud.azure.bodies import read, with_value, without
from embedded_cloud.azure.failure import ArmError, not_emulated
from embedded_cloud.azure.ids import key, parse
from embedded_cloud.azure.pages import page
from embedded_cloud.azure.references import everything, find
from embedded_cloud.azure.resource_types import type_named
from embedded_cloud.exchange import Answer
from embedded_cloud.times import zulu

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body, Store

TYPE = "Microsoft.Compute/virtualMachineScaleSets"
MACHINE = f"{TYPE}/virtualMachines"
FLEXIBLE = "Microsoft.Compute/virtualMachines"
OF_SCALE_SET = re.compile(r"\s*'virtualMachineScaleSet/id' eq '?([^' ]+)'?\s*")
# The emulator's own marks on a machine; what begins with x- is never shown.
OWNER, NUMBER, STATE, ERROR, BOOT = "x-scale-set", "x-number", "x-state", "x-error", "x-boot"
COMING, RUNNING, STOPPED, GOING, FAILED = "coming", "running", "stopped", "going", "failed"


def answer(call: Call) -> Answer | None:  # noqa: PLR0911 one line a path
    """The answer; None for calls that resources.py answers."""
    kind, rest, verb = call.id.type, call.id.rest.lower(), call.request.method
    if kind.lower() == TYPE.lower():
        if not rest and verb in ("PUT", "PATCH"):
            return _changed(call)
        if not rest and verb == "DELETE":
            return _deleted(call)
        if rest in ("virtualmachines", "networkinterfaces", "publicipaddresses", "instanceview") and verb == "GET":
            return _look(call, rest)
        if rest in ("rollingupgrades", "extensions", "skus") and verb == "GET":
            return Answer.json({"value": []})
        if rest in ACTIONS and verb == "POST":
            return ACTIONS[rest](call)
    if kind.lower() == MACHINE.lower():
        return _machine(call, rest, verb)
    if kind.lower() == FLEXIBLE.lower():
        return _flexible_machine(call, rest, verb)
    if kind.lower() == f"{TYPE}/rollingUpgrades".lower() and verb == "GET":
        raise ArmError(404, "RollingUpgradeNotFound", "The rolling upgrade was not found.")
    return None


def members(store: Store, scale_set: str) -> list[Body]:
    """The machines of the scale set with this id, the oldest first."""
    own = scale_set.lower()
    found = [each for each in everything(store) if str(each.get(OWNER, "")).lower() == own]
    return sorted(found, key=lambda each: int(each[NUMBER]))


def of_filter(call: Call) -> Answer:
    """A group's virtual machines of the scale set that `$filter` names, with `$expand=instanceView` with their state.

    https://learn.microsoft.com/rest/api/compute/virtual-machines/list (read 2026-11-25)
    """
    named = OF_SCALE_SET.fullmatch(call.request.one("$filter"))
    if named is None:
        raise not_emulated(f"the filter {call.request.one('$filter')!r} of virtual machines")
    locks.check_group(call)
    scale_set = find(call.store, named[1])
    machines = members(call.store, scale_set["id"]) if scale_set is not None else []
    return page(call, [shown(call, each) for each in machines if each["type"] == FLEXIBLE])


def end_of(call: Call, path: str) -> Callable[[], Body | None]:
    """Whether a change of a scale set or a machine is over: None while it isn't, then its error, or {} where it went
    well."""

    def look() -> Body | None:
        if call.context.scale_sets.busy(path):
            return None
        failed = call.context.scale_sets.failure(path)
        return {"code": failed["code"], "message": failed["message"]} if failed is not None else {}

    return look


def begin_delete(call: Call, scale_set: Body) -> None:
    """Begin to delete the scale set, which is over once its machines are gone."""
    resources.keep(call.store, with_value(scale_set, "properties.provisioningState", "Deleting"))
    call.context.scale_sets.changed(scale_set["id"])


def _changed(call: Call) -> Answer:
    """Make or change a scale set. The operation is over once its machines run, as the real one."""
    kind = resources.type_of(call)
    locks.check_writable(call)
    old = find(call.store, call.id.path)
    if old is None and call.request.method == "PATCH":
        raise resources.missing(call.id)
    given = call.body
    if old is not None and call.request.method == "PATCH":
        given = resources.patched(old, given)
    body = resources.completed(call, kind, old, given)
    if old is not None:
        _refuse_change(old, body)
        if _model(old) != _model(body):
            _outdate(call, old)
    body = with_value(body, "properties.provisioningState", "Creating" if old is None else "Updating")
    resources.keep(call.store, body)
    call.context.scale_sets.changed(body["id"])
    return resources.told(call, kind, body, 200 if old is not None else 201, end_of(call, body["id"]))


def _model(scale_set: Body) -> tuple[Any, Any]:
    """The size and the profile that a machine is made of."""
    profile = read(scale_set, "properties.virtualMachineProfile") or {}
    return read(scale_set, "sku.name"), without(profile, "timeCreated")


def _outdate(call: Call, scale_set: Body) -> None:
    """Mark the machines of a Uniform set as outdated. Azure doesn't report that of a Flexible set."""
    for each in members(call.store, scale_set["id"]):
        if each["type"] == MACHINE:
            resources.keep(call.store, with_value(each, "properties.latestModelApplied", False))


def _refuse_change(old: Body, body: Body) -> None:
    for path in ("properties.orchestrationMode", "properties.platformFaultDomainCount"):
        if read(old, path) != read(body, path):
            raise ArmError(
                409,
                "PropertyChangeNotAllowed",
                f"Changing property '{path.removeprefix('properties.')}' is not allowed.",
            )
    if read(body, "properties.singlePlacementGroup") and not read(old, "properties.singlePlacementGroup"):
        raise ArmError(
            409,
            "PropertyChangeNotAllowed",
            "Changing property 'singlePlacementGroup' from false to true is not allowed.",
        )


def _deleted(call: Call) -> Answer:
    locks.check_group(call)
    old = find(call.store, call.id.path)
    if old is None:
        return Answer(204)
    locks.check_deletable(call.store, old["id"])
    begin_delete(call, old)
    return resources.accepted(call, lambda: None if call.context.scale_sets.busy(old["id"]) else {})


def _look(call: Call, rest: str) -> Answer:
    scale_set = resources.existing(call)
    machines = members(call.store, scale_set["id"])
    if rest == "virtualmachines":
        return page(call, [shown(call, each) for each in machines])
    if rest == "networkinterfaces":
        if read(scale_set, "properties.orchestrationMode") != "Uniform":
            raise ArmError(404, "NotFound", f"Resource {scale_set['id']}/networkInterfaces not found.")
        return page(call, [_interface(call, nic) for each in machines for nic in interfaces(call, each)])
    if rest == "publicipaddresses":
        return page(call, [])
    counts: dict[str, int] = {}
    for each in machines:
        state = str(read(each, "properties.provisioningState"))
        counts[state] = counts.get(state, 0) + 1
    told = [{"code": f"ProvisioningState/{state.lower()}", "count": count} for state, count in counts.items()]
    state = str(read(scale_set, "properties.provisioningState"))
    status = {"code": f"ProvisioningState/{state.lower()}", "level": "Info", "displayStatus": f"Provisioning {state}"}
    if (failure := call.context.scale_sets.failure(scale_set["id"])) is not None:
        status |= {"code": f"ProvisioningState/failed/{failure['code']}", "level": "Error"}
        status |= {"message": failure["message"], "time": failure.get("time") or zulu()}
    return Answer.json({"virtualMachine": {"statusesSummary": told}, "statuses": [status]})


def _machine(call: Call, rest: str, verb: str) -> Answer:
    """One machine of a Uniform set."""
    locks.check_group(call)
    found = call.store.get(*key(call.id.path))
    if found is None or found["type"] != MACHINE:
        raise ArmError(
            404,
            "NotFound",
            f"The entity was not found. Virtual machine {call.id.name} of {parse(call.id.parent).name}.",
        )
    if verb == "GET" and not rest:
        return Answer.json(shown(call, found))
    if verb == "GET" and rest == "instanceview":
        return Answer.json(instance_view(found))
    if verb == "GET" and rest == "networkinterfaces":
        return page(call, [_interface(call, each) for each in interfaces(call, found)])
    raise not_emulated(f"{verb} {call.request.host}{call.request.path}")


def _flexible_machine(call: Call, rest: str, verb: str) -> Answer | None:
    """One machine of a Flexible set."""
    if verb in ("PUT", "PATCH"):
        raise not_emulated(f"{verb} of a scale set's virtual machines: {call.request.path}")
    if verb == "GET" and not rest:
        return Answer.json(shown(call, resources.existing(call)))
    if verb == "GET" and rest == "instanceview":
        return Answer.json(instance_view(resources.existing(call)))
    if verb == "DELETE" and not rest:
        locks.check_group(call)
        machine = find(call.store, call.id.path)
        scale_set = find(call.store, machine[OWNER]) if machine else None
        if machine is None or scale_set is None:
            return Answer(204)
        return _ended(call, scale_set, [machine])
    return None


def _delete_instances(call: Call) -> Answer:
    """POST delete: end these machines, and make the set that much smaller."""
    scale_set = resources.existing(call)
    wanted = [str(each) for each in call.body.get("instanceIds") or ()]
    named = {str(each.get("instanceId", each["name"])): each for each in members(call.store, scale_set["id"])}
    going = list(named.values()) if wanted == ["*"] else [named[each] for each in wanted if each in named]
    return _ended(call, scale_set, going)


def _ended(call: Call, scale_set: Body, going: list[Body]) -> Answer:
    """End these machines. A machine that is ending already is not counted again."""
    going = [each for each in going if each[STATE] != GOING]
    for each in going:
        locks.check_deletable(call.store, each["id"])
        resources.keep(call.store, {**with_value(each, "properties.provisioningState", "Deleting"), STATE: GOING})
    capacity = max(0, int(read(scale_set, "sku.capacity")) - len(going))
    resources.keep(call.store, with_value(scale_set, "sku.capacity", capacity))
    call.context.scale_sets.changed(scale_set["id"])
    path = scale_set["id"]
    return resources.accepted(call, lambda: None if call.context.scale_sets.busy(path) else {})


def _nothing_to_do(call: Call) -> Answer:
    """The answer to an upgrade of machines, or to the end of one: none is ever under way here."""
    resources.existing(call)
    return resources.accepted(call)


def interfaces(call: Call, machine: Body) -> list[Body]:
    named = read(machine, "properties.networkProfile.networkInterfaces") or ()
    return [each for each in (find(call.store, one["id"]) for one in named) if each is not None]


def instance_view(machine: Body) -> Body:
    state = str(read(machine, "properties.provisioningState"))
    level = "Error" if state == "Failed" else "Info"
    statuses = [
        {"code": f"ProvisioningState/{state.lower()}", "level": level, "displayStatus": f"Provisioning {state.lower()}"}
    ]
    if state == "Succeeded":
        power = ("deallocated", "VM deallocated") if machine.get(STATE) == STOPPED else ("running", "VM running")
        statuses.append({"code": f"PowerState/{power[0]}", "level": "Info", "displayStatus": power[1]})
    if machine.get(ERROR):
        statuses[0]["message"] = machine[ERROR]["message"]
        statuses[0]["time"] = machine[ERROR].get("time") or zulu()
        statuses[0]["code"] += f"/{machine[ERROR]['code']}"
    return {
        "computerName": read(machine, "properties.osProfile.computerName"),
        "statuses": statuses,
        "vmAgent": {
            "vmAgentVersion": "2.9.1.1",
            "statuses": [{"code": "ProvisioningState/succeeded", "level": "Info", "displayStatus": "Ready"}],
        },
    }


def shown(call: Call, machine: Body) -> Body:
    """The machine as its readers see it."""
    kind = type_named(machine["type"])
    assert kind is not None  # noqa: S101
    body = resources.shown(call.store, kind, machine)
    if machine["type"] == FLEXIBLE and call.id.type.lower() == TYPE.lower():
        body = {**body, "instanceId": body["name"]}
    if "instanceview" in call.request.one("$expand").lower():
        body = with_value(body, "properties.instanceView", instance_view(machine))
    return body


def _interface(call: Call, body: Body) -> Body:
    kind = type_named("Microsoft.Network/networkInterfaces")
    assert kind is not None  # noqa: S101
    return resources.shown(call.store, kind, body)


ACTIONS = {
    "delete": _delete_instances,
    "manualupgrade": _nothing_to_do,
    "rollingupgradescancel": _nothing_to_do,
}
