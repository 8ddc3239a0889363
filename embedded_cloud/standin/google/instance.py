"""Single instances. Source: google/services/compute/resource_compute_instance.go.

The provider waits 5 s before it looks whether a new instance runs. Not so here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from embedded_cloud.standin.dialect import Failed
from embedded_cloud.standin.google import codecs
from embedded_cloud.standin.google.api import OperationFailed
from embedded_cloud.standin.google.lifecycle import Lifecycle
from embedded_cloud.standin.https import ApiError
from embedded_cloud.standin.table import filled, last

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embedded_cloud.standin.wire import Values

COMPUTE: Final = "compute.googleapis.com/compute/v1/"
STOPPED: Final = ("machine_type", "service_account")
"""What can change only while the instance is stopped."""
IN_PLACE: Final = (
    *STOPPED,
    "metadata",
    "effective_labels",
    "scheduling",
    "boot_disk",
    "attached_disk",
    "desired_status",
)
TOLD: Final = ("allow_stopping_for_update", "labels", "terraform_labels", "deletion_protection", "timeouts")
MUST_STOP: Final = (
    "Changing the machine_type, min_cpu_platform, service_account, enable_display, shielded_instance_config, "
    "scheduling.node_affinities, scheduling.max_run_duration or network_interface.[#d].(network/subnetwork/"
    "subnetwork_project) or advanced_machine_features on a started instance requires stopping it. To acknowledge this, "
    "please set allow_stopping_for_update = true in your config. You can also stop it by setting desired_status = "
    '"TERMINATED", but the instance will not be restarted after the update.'
)


class Instance(Lifecycle):
    """Its boot disk is a resource of its own, which is read beside it; changes are calls of their own."""

    def body(self, names: Values) -> Values:
        body = super().body(names)
        body["disks"] = [
            self._boot_disk(names),
            *(self._attached(disk, names) for disk in names["attached_disk"] or ()),
        ]
        for interface in body.get("networkInterfaces", ()):
            for access in interface.get("accessConfigs", ()):
                access["type"] = "ONE_TO_ONE_NAT"
        body.setdefault("metadata", {})
        body.setdefault("scheduling", {"automaticRestart": True})
        return body | {"canIpForward": bool(names["can_ip_forward"]), "deletionProtection": False}

    def state(self, answer: Values, known: Values, names: Values) -> Values:
        state = super().state(answer, known, names)
        boot = next(disk for disk in answer["disks"] if disk.get("boot"))
        before = (known.get("boot_disk") or [{}])[0]
        state["boot_disk"] = [self._boot_state(boot, before)]
        state["attached_disk"] = self._attached_state(answer, known)
        if known.get("desired_status"):
            state["desired_status"] = answer["status"]
        for interface in state["network_interface"]:
            interface["subnetwork_project"] = _project(interface["subnetwork"])
        return state

    def update(self, prior: Values, planned: Values) -> Values:
        names = self.place.names(planned)
        changed = [name for name in planned if planned[name] != prior.get(name) and name not in TOLD]
        if beyond := [name for name in changed if name not in IN_PLACE and self._settable(name)]:
            raise Failed(f"a rehearsal's provider stand-in doesn't change {', '.join(beyond)}", prior)
        try:
            now = self.answer(names) or {}
            self._changed(changed, prior, names, now)
        except (ApiError, OperationFailed) as failed:
            raise Failed(str(failed), prior) from None
        state = self.read({**prior, **self.known(planned)})
        if state is None:
            raise Failed(f"{prior['id']} is gone", None)
        return state

    def _changed(self, changed: list[str], prior: Values, names: Values, now: Values) -> None:
        """The calls of the provider, in its order."""
        if "metadata" in changed:
            items = codecs.to_api("items", names["metadata"] or {}, names)
            self._call("setMetadata", {**items, "fingerprint": now["metadata"]["fingerprint"]}, names)
        if "effective_labels" in changed:
            labels = {"labels": names["effective_labels"] or {}, "labelFingerprint": prior["label_fingerprint"]}
            self._call("setLabels", labels, names)
        if "scheduling" in changed:
            self._call("setScheduling", super().body(names)["scheduling"], names)
        if "boot_disk" in changed:
            self._change_boot_disk(prior, names)
        if "attached_disk" in changed:
            self._change_disks(prior, names)
        stops = [name for name in STOPPED if name in changed]
        if stops or "desired_status" in changed:
            self._while_stopped(stops, names, now)

    def _while_stopped(self, stops: Sequence[str], names: Values, now: Values) -> None:
        wanted, status = names.get("desired_status"), now["status"]
        if stops and status == "RUNNING" and wanted != "TERMINATED" and not names["allow_stopping_for_update"]:
            raise Failed(MUST_STOP, None)
        if status == "RUNNING" and (stops or wanted == "TERMINATED"):
            self._call("stop", None, names)
        body = super().body(names)
        if "machine_type" in stops:
            self._call("setMachineType", {"machineType": body["machineType"]}, names)
        if "service_account" in stops:
            self._call("setServiceAccount", body["serviceAccounts"][0], names)
        if wanted != "TERMINATED" and (stops or status != "RUNNING"):
            self._call("start", None, names)

    def _change_boot_disk(self, prior: Values, names: Values) -> None:
        old, new = _start(prior), _start(names)
        changes: Values = {}
        if new.get("size") != old.get("size"):
            changes["sizeGb"] = str(int(new["size"]))
        if new.get("labels") != old.get("labels"):
            changes["labels"] = new["labels"] or {}
        if changes:
            url = f"{COMPUTE}{codecs.relative(prior['boot_disk'][0]['source'])}?paths={','.join(changes)}"
            self.api.finish(self.api.call("PATCH", url, changes), 20)

    def _change_disks(self, prior: Values, names: Values) -> None:
        old = {codecs.relative(disk["source"]): disk for disk in prior["attached_disk"] or ()}
        new = {codecs.relative(disk["source"]): disk for disk in names["attached_disk"] or ()}
        for source in old.keys() - new.keys():
            self._call(f"detachDisk?deviceName={old[source]['device_name']}", None, names)
        for source in sorted(new.keys() - old.keys()):
            self._call("attachDisk", self._attached(new[source], names), names)

    def _call(self, verb: str, body: Values | None, names: Values) -> None:
        operation = self.api.call("POST", f"{filled(self.row.item, names)}/{verb}", body)
        self.api.finish(operation, self.minutes(names, "update"))

    def _settable(self, name: str) -> bool:
        attribute = self.block.attributes.get(name)
        return attribute is None or attribute.settable

    def _boot_disk(self, names: Values) -> Values:
        given, start = names["boot_disk"][0], _start(names)
        disk: Values = {"boot": True, "autoDelete": bool(given.get("auto_delete", True)), "mode": given["mode"]}
        if _set(given.get("device_name")):
            disk["deviceName"] = given["device_name"]
        if _set(given.get("source")):
            return {**disk, "source": given["source"]}
        kind = f"projects/{names['project']}/zones/{names['zone']}/diskTypes/{start['type']}"
        parameters = {
            "diskSizeGb": str(int(start["size"])) if _set(start.get("size")) else None,
            "diskType": kind if _set(start.get("type")) else None,
            "sourceImage": codecs.to_api("image", start["image"], names) if _set(start.get("image")) else None,
            "labels": start["labels"] if _set(start.get("labels")) else None,
        }
        return {**disk, "initializeParams": {key: value for key, value in parameters.items() if value is not None}}

    def _boot_state(self, disk: Values, before: Values) -> Values:
        details = self.api.call("GET", f"{COMPUTE}{codecs.relative(disk['source'])}")
        told = (before.get("initialize_params") or [{}])[0]
        start = _blank(self.block.blocks["boot_disk"].block.blocks["initialize_params"].block) | {
            "type": last(details.get("type", "")),
            "image": details.get("sourceImage", ""),
            "size": int(details["sizeGb"]),
            "labels": details.get("labels") or {},
            "architecture": details.get("architecture", ""),
            "snapshot": told.get("snapshot") if isinstance(told.get("snapshot"), str) else "",
        }
        made = _blank(self.block.blocks["boot_disk"].block) | {
            "auto_delete": disk.get("autoDelete", False),
            "device_name": disk.get("deviceName", ""),
            "mode": disk.get("mode", ""),
            "source": disk["source"],
            "force_attach": before.get("force_attach", False),
            "initialize_params": [start],
        }
        return made

    def _attached(self, disk: Values, names: Values) -> Values:
        sent = {"source": codecs.to_api("link zones/{zone}/disks", disk["source"], names), "mode": disk["mode"]}
        return {**sent, **({"deviceName": disk["device_name"]} if _set(disk.get("device_name")) else {})}

    def _attached_state(self, answer: Values, known: Values) -> list[Values]:
        """In the order of the last state; what others attached comes after."""
        order = [codecs.relative(disk["source"]) for disk in known.get("attached_disk") or ()]
        found = {codecs.relative(disk["source"]): disk for disk in answer["disks"] if not disk.get("boot")}
        sources = [*(each for each in order if each in found), *(each for each in found if each not in order)]
        blank = _blank(self.block.blocks["attached_disk"].block)
        return [
            blank
            | {
                "source": found[source]["source"],
                "device_name": found[source].get("deviceName", ""),
                "mode": found[source].get("mode", ""),
                "force_attach": False,
            }
            for source in sources
        ]


def _start(values: Values) -> Values:
    """How the boot disk begins."""
    return dict((values["boot_disk"][0].get("initialize_params") or [{}])[0])


def _set(value: Any) -> bool:
    """Whether a value is given: what is unknown is not."""
    return isinstance(value, (str, int, float, dict)) and bool(value)


def _blank(block: Any) -> Values:
    """A block as the SDK keeps it where nothing is given."""
    zeros: dict[str, Any] = {"string": "", "number": 0, "bool": False}
    made: Values = {
        name: zeros.get(each.type) if isinstance(each.type, str) else [] if each.type[0] in ("list", "set") else None
        for name, each in block.attributes.items()
    }
    return made | {name: [] for name in block.blocks}


def _project(link: str) -> str:
    """The project of a resource's URL."""
    return codecs.relative(link).split("/")[1] if "projects/" in link else ""
