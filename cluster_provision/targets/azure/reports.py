"""What Azure is told of a node whose physical machine is faulty."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cloud_facts.azure.guest_health import categories, category_named, short
from cluster_provision.clouds.azure.guest_health import GuestHealthReport
from cluster_provision.errors import NotReady, SettingsError
from cluster_provision.targets.base import Complaint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.clouds.azure.machines import ScaleSetMachine
    from cluster_provision.state.base import StateStore


def complaint_in(argument: str) -> Complaint:
    """Read `<node> <category> [words]`. Raises SettingsError with the categories for one that Azure doesn't take."""
    node, _, rest = argument.strip().partition(" ")
    word, _, description = rest.strip().partition(" ")
    category = category_named(word)
    if not category:
        allowed = "\n".join(f"  {short(name)}: {meaning}" for name, meaning in categories().items())
        what = f"{word!r} is no category that Azure takes" if word else f"what is wrong with {node} is missing"
        advice = f"Report takes a node, a category, and words of your own. The categories are:\n{allowed}"
        raise SettingsError((f"Report: {what}",), advice, where="")
    return Complaint(node, category, description.strip() or categories()[category])


def report_on(machines: Sequence[ScaleSetMachine], store: StateStore, complaint: Complaint) -> GuestHealthReport:
    """The report on a node.

    The physical machine is the one that the node's own record names: a record of an earlier machine says nothing of
    this one.
    """
    node = complaint.node
    machine = next((each for each in machines if each.name == node), None)
    if machine is None:
        there = ", ".join(each.name for each in machines) or "none"
        told = f"there is no node {node!r}; those that are on are {there}"
        raise SettingsError((told,), "Name one of them.", where="")
    record = store.node_record(node)
    host = (record.host or record.health.host) if record and record.instance_id == machine.instance_id else ""
    if not host:
        raise NotReady(
            f"the physical machine of {node} isn't known: its record doesn't name it, and Azure takes no report "
            "without it",
            "`Run 'sudo /opt/node-info.sh'` prints what Hyper-V says on each machine. A support request needs no more "
            f"than the machine's id, {machine.id}.",
        )
    began = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return GuestHealthReport(machine.id, host, complaint.category, complaint.description, began)
