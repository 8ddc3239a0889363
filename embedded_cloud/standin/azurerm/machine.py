"""Linux machines outside of scale sets, which take the disk that they start from along when they go.

Source: internal/services/compute/linux_virtual_machine_resource.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from embedded_cloud.standin.azurerm.api import OperationFailed
from embedded_cloud.standin.azurerm.lifecycle import Lifecycle
from embedded_cloud.standin.dialect import Failed
from embedded_cloud.standin.https import ApiError
from embedded_cloud.standin.mapping import found_at, put
from embedded_cloud.standin.wire import Unknown

if TYPE_CHECKING:
    from embedded_cloud.standin.wire import Values

_DISKS: Final = "2023-04-02"
_INTERFACES: Final = "2025-01-01"
_OS_DISK: Final = "properties.storageProfile.osDisk.managedDisk.id"
_SECURITY: Final = "properties.securityProfile"
_PATCHES: Final = "properties.osProfile.linuxConfiguration.patchSettings"
_AS_THE_IMAGE_SAYS: Final = {"patchMode": "ImageDefault", "assessmentMode": "ImageDefault"}


class LinuxMachine(Lifecycle):
    """A machine that starts from an image."""

    def body(self, names: Values) -> Values:
        given = names.get("computer_name")
        host = names["name"] if not given or isinstance(given, Unknown) else given
        body = super().body({**names, "computer_name": host})
        put(
            body,
            _PATCHES,
            {"patchMode": "ImageDefault", "assessmentMode": "ImageDefault", **(found_at(body, _PATCHES) or {})},
        )
        if found_at(body, f"{_SECURITY}.uefiSettings"):
            put(body, f"{_SECURITY}.securityType", "TrustedLaunch")
        return body

    def state(self, answer: Values, known: Values, names: Values) -> Values:
        state = super().state(answer, known, names)
        if state.get("source_image_id"):
            state["source_image_reference"] = []
        addresses = self._addresses(answer)
        state["private_ip_addresses"], state["private_ip_address"] = addresses, next(iter(addresses), "")
        state["public_ip_addresses"], state["public_ip_address"] = [], ""
        return state

    def remove(self, identifier: str, state: Values) -> None:
        existing = self.answer(identifier, state)
        if existing is None:
            return
        super().remove(identifier, state)
        disk = found_at(existing, _OS_DISK)
        if not disk:
            return
        try:
            answer = self.api.call("DELETE", disk, _DISKS, minutes=self.minutes(state, "delete"))
            self.api.finish(answer, self.minutes(state, "delete"))
        except (ApiError, OperationFailed) as failed:
            raise Failed(f"deleting {disk} for Linux {identifier}: {failed}", state) from None

    def _addresses(self, answer: Values) -> list[str]:
        """The private addresses of its interfaces; none of one that can't be seen, as the provider has it."""
        found = []
        for named in found_at(answer, "properties.networkProfile.networkInterfaces") or ():
            try:
                interface = self.api.call("GET", named["id"], _INTERFACES).body
            except ApiError:
                continue
            for each in found_at(interface, "properties.ipConfigurations") or ():
                if address := found_at(each, "properties.privateIPAddress"):
                    found.append(str(address))
        return found
