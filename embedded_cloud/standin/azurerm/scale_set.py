"""Scale sets of both modes: changed by PATCH, and emptied before they are deleted.

Source: internal/services/compute/{linux,orchestrated}_virtual_machine_scale_set_resource.go,
virtual_machine_scale_set_update.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_cloud.merging import merged
from embedded_cloud.standin.azurerm import ids
from embedded_cloud.standin.azurerm.api import OperationFailed
from embedded_cloud.standin.azurerm.lifecycle import Lifecycle
from embedded_cloud.standin.dialect import Failed
from embedded_cloud.standin.https import ApiError
from embedded_cloud.standin.mapping import body_of, found_at, put
from embedded_cloud.standin.wire import Unknown, number

if TYPE_CHECKING:
    from embedded_cloud.standin.wire import Values

_IMAGE = "properties.virtualMachineProfile.storageProfile.imageReference"
_SECURITY = "properties.virtualMachineProfile.securityProfile"
_POLICY = "properties.upgradePolicy"


class ScaleSet(Lifecycle):
    """What both modes have in common."""

    sizes: tuple[str, str]
    """The attributes that are one object to the API: the size's name and the count."""
    carried: tuple[str, ...] = (_IMAGE,)
    """What every change sends along as it is."""

    def body(self, names: Values) -> Values:
        self._check(names)
        body = super().body(self.prefixed(names))
        security = found_at(body, _SECURITY) or {}
        if security.get("uefiSettings"):
            put(body, f"{_SECURITY}.securityType", "TrustedLaunch")
        return body

    def change(self, identifier: str, names: Values, existing: Values, changed: tuple[str, ...], prior: Values) -> None:
        self._check(names)
        if names.get("single_placement_group") is True and "single_placement_group" in changed:
            text = '"single_placement_group" can not be set to "true" once it has been set to "false"'
            raise Failed(text, prior)
        if "identity" in changed:
            whole = self.overlaid(existing, names, ("identity",))
            whole["identity"] = whole.get("identity") or {"type": "None"}
            self.write("update", "PUT", identifier, whole, prior, prior)
        others = tuple(name for name in changed if name != "identity")
        given = body_of(self.row, self.block, self.emptied(names, others), names, others)
        body: Values = {}
        for path in self.carried:
            if (value := found_at(existing, path)) is not None:
                put(body, path, value)
        body = merged(body, given)
        if any(name in changed for name in self.sizes):
            body["sku"] = {**(existing.get("sku") or {}), **body.get("sku", {})}
        self.write("update", "PATCH", identifier, body, prior, prior)

    def state(self, answer: Values, known: Values, names: Values) -> Values:
        state = super().state(answer, known, names)
        if state.get("source_image_id"):
            state["source_image_reference"] = []
        if (state.get("identity") or [{}])[0].get("type") == "None":
            state["identity"] = []
        return state

    def remove(self, identifier: str, state: Values) -> None:
        existing = self.answer(identifier, state)
        if existing is None:
            return
        if existing.get("sku") and self.empties():
            body = {"sku": {**existing["sku"], "capacity": 0}}
            try:
                answer = self.api.call("PATCH", identifier, self.row.version, body, self.minutes(state, "delete"))
                self.api.finish(answer, self.minutes(state, "delete"))
            except (ApiError, OperationFailed) as failed:
                words = "performing Update" if isinstance(failed, ApiError) else "polling after Update"
                what = ids.described("Virtual Machine Scale Set", identifier)
                text = f"updating number of instances in {self.of_mode()}{what} to scale to 0: {words}: {failed}"
                raise Failed(text, state) from None
        super().remove(identifier, state)

    # What one mode does otherwise.

    def empties(self) -> bool:
        return True

    def of_mode(self) -> str:
        return ""

    def prefixed(self, names: Values) -> Values:
        """With the names of the machines: the set's own where none are given."""
        return _prefixed(names, names["name"])

    def _check(self, names: Values) -> None:
        spot, policy = names.get("priority") == "Spot", names.get("eviction_policy")
        for wrong, text in (
            (policy and not spot, "an `eviction_policy` can only be specified when `priority` is set to `Spot`"),
            (spot and not policy, "an `eviction_policy` must be specified when `priority` is set to `Spot`"),
            (
                number(names.get("max_bid_price") or -1) > 0 and not spot,
                "`max_bid_price` can only be configured when `priority` is set to `Spot`",
            ),
            (
                names.get("zone_balance") and not names.get("zones"),
                "`zone_balance` can only be set to `true` when zones are specified",
            ),
        ):
            if wrong:
                raise Failed(text, None)


class LinuxScaleSet(ScaleSet):
    """Uniform: machines get a changed model one by one, where the change calls for it."""

    sizes = ("sku", "instances")
    carried = (_IMAGE, _POLICY)

    def change(self, identifier: str, names: Values, existing: Values, changed: tuple[str, ...], prior: Values) -> None:
        super().change(identifier, names, existing, changed, prior)
        features = self.account.features
        manual = found_at(existing, f"{_POLICY}.mode") == "Manual"
        if features.rolls_instances and manual and any(name in self.row.rolls for name in changed):
            for instance in self._outdated(identifier, prior):
                self._roll("manualupgrade", identifier, instance, prior)
                if features.reimages:
                    self._roll("reimage", identifier, instance, prior)

    def remove(self, identifier: str, state: Values) -> None:
        self._check_upgrades(identifier, state)
        super().remove(identifier, state)

    def empties(self) -> bool:
        return self.account.features.scales_to_zero

    def _check_upgrades(self, identifier: str, state: Values) -> None:
        """The provider cancels a rolling upgrade first (CancelRollingUpgradesBeforeDeletion of
        internal/services/compute/client/client.go). The embedded cloud has none, and so it only asks."""
        try:
            self.api.call("GET", f"{identifier}/rollingUpgrades/latest", self.row.version)
        except ApiError as refused:
            if refused.status != 404:
                what = ids.described(self.row.noun, identifier)
                text = f"cancelling rolling upgrades for {what}: retrieving rolling updates for {what}: {refused}"
                raise Failed(text, state) from None

    def _outdated(self, identifier: str, prior: Values) -> list[str]:
        try:
            every: list[Any] = self.api.call("GET", f"{identifier}/virtualMachines", self.row.version).body["value"]
        except ApiError as refused:
            what = ids.described(self.row.noun, identifier)
            raise Failed(f"listing VM Instances for {what}: {refused}", prior) from None
        return [each["instanceId"] for each in every if not found_at(each, "properties.latestModelApplied")]

    def _roll(self, action: str, identifier: str, instance: str, prior: Values) -> None:
        minutes = self.minutes(prior, "update")
        try:
            body = {"instanceIds": [instance]}
            answer = self.api.call("POST", f"{identifier}/{action}", self.row.version, body, minutes)
            self.api.finish(answer, minutes)
        except (ApiError, OperationFailed) as failed:
            what = ids.described(self.row.noun, identifier)
            doing, end = ("reimaging", "") if action == "reimage" else ("updating", " to the Latest Configuration")
            raise Failed(f'{doing} Instance "{instance}" ({what}){end}: {failed}', prior) from None


class OrchestratedScaleSet(ScaleSet):
    """Flexible: its machines are resources of their own, which a change leaves as they are."""

    sizes = ("sku_name", "instances")

    def body(self, names: Values) -> Values:
        body = super().body(names)
        if not names.get("boot_diagnostics"):
            body["properties"]["virtualMachineProfile"].pop("diagnosticsProfile", None)
        return body

    def of_mode(self) -> str:
        return "Orchestrated "

    def prefixed(self, names: Values) -> Values:
        profiles = [
            {**each, "linux_configuration": [_prefixed(linux, names["name"]) for linux in each["linux_configuration"]]}
            for each in names.get("os_profile") or ()
        ]
        return {**names, "os_profile": profiles}


def _prefixed(values: Values, name: str) -> Values:
    given = values.get("computer_name_prefix")
    return {**values, "computer_name_prefix": name} if not given or isinstance(given, Unknown) else values
