"""Instance templates. Source: google/services/compute/resource_compute_instance_template.go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from embedded_cloud.standin.google.lifecycle import Lifecycle
from embedded_cloud.standin.table import filled, last

if TYPE_CHECKING:
    from embedded_cloud.standin.wire import Values


class InstanceTemplate(Lifecycle):
    """Its body has a few values that no attribute holds, and it is read by its number."""

    def body(self, names: Values) -> Values:
        body = super().body(names)
        properties = body["properties"]
        for index, disk in enumerate(properties["disks"]):
            _disk(disk, first=index == 0)
        for interface in properties.get("networkInterfaces", ()):
            for access in interface.get("accessConfigs", ()):
                access["type"] = "ONE_TO_ONE_NAT"
        for account in properties.get("serviceAccounts", ()):
            account.setdefault("email", "default")
        if affinity := properties.get("reservationAffinity"):
            affinity |= affinity.pop("specificReservation", {})
        if policies := properties.get("resourcePolicies"):
            properties["resourcePolicies"] = [last(each) for each in policies]
        scheduling = properties.setdefault("scheduling", {"onHostMaintenance": "MIGRATE"})
        if scheduling.get("preemptible"):
            scheduling.setdefault("onHostMaintenance", "TERMINATE")
        if script := names.get("metadata_startup_script"):
            items = properties.setdefault("metadata", {}).setdefault("items", [])
            items.append({"key": "startup-script", "value": script})
        properties.setdefault("metadata", {})
        return body

    def answer(self, names: Values) -> Values | None:
        _, _, number = (names.get("self_link_unique") or "").partition("?uniqueId=")
        return self.api.call("GET", filled(self.row.item, {**names, "name": number or names["name"]}))

    def state(self, answer: Values, known: Values, names: Values) -> Values:
        state = {**super().state(answer, known, names), "region": None}
        state["self_link_unique"] = f"{answer.get('selfLink')}?uniqueId={answer.get('id')}"
        if known.get("metadata_startup_script"):
            state["metadata"] = {k: v for k, v in (state["metadata"] or {}).items() if k != "startup-script"} or None
        affinity = answer["properties"].get("reservationAffinity") or {}
        for each in state["reservation_affinity"]:
            specific = {"key": affinity.get("key"), "values": affinity.get("values")}
            each["specific_reservation"] = [specific] if affinity.get("key") else []
        for interface in state["network_interface"]:
            project, region = _subnetwork(interface["subnetwork"])
            interface["subnetwork_project"], state["region"] = project, region or state["region"]
        return state


def _disk(disk: Values, *, first: bool) -> None:
    if first:
        disk.setdefault("boot", True)
    if "source" in disk:
        return
    start = disk.setdefault("initializeParams", {})
    start.setdefault("diskType", "pd-standard")
    if "diskSizeGb" in start:
        disk["diskSizeGb"] = start["diskSizeGb"]


def _subnetwork(link: str) -> tuple[str, str]:
    """The project and region of a subnetwork's URL."""
    found = re.search(r"projects/([^/]+)/regions/([^/]+)/", link)
    return (found[1], found[2]) if found else ("", "")
