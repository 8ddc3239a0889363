"""Two resources that belong together. The body of one of them says so; it is read, changed and written.

Source: internal/services/network/*_association_resource.go, compute/virtual_machine_data_disk_attachment_resource.go.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, Final

from embedded_cloud.standin.azurerm import ids, wording
from embedded_cloud.standin.azurerm.lifecycle import Lifecycle
from embedded_cloud.standin.dialect import Failed
from embedded_cloud.standin.https import ApiError
from embedded_cloud.standin.mapping import found_at, put
from embedded_cloud.standin.table import last

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.standin.wire import Values


POOLS: Final = "properties.loadBalancerBackendAddressPools"


class Association(Lifecycle):
    """A subnet's reference to one other resource; the subnet's id is the association's."""

    owner = "subnet_id"
    other: str
    """The attributes that hold the ids of who says it, and of what is said."""
    path: str
    """Where the owner's body says it."""
    words: str
    """What messages call it."""

    def create(self, planned: Values) -> Values:
        names = self.names(planned)
        owner, other = names[self.owner], names[self.other]
        identifier = ids.made(self.row.id, names)
        made = {**self.known(names), "id": identifier}
        with ids.locked(self.locks(names)):
            body = self._owner(owner, None)
            if body is None:
                raise Failed(f"{ids.described(self.row.noun, owner)} was not found", None)
            if not self.account.features.skips_import_check:
                self.check_free(body, owner, other)
            self.write("create", "PUT", identifier, self.joined(body, names), made, None)
        return self.reread(made)

    def read(self, state: Values) -> Values | None:
        parts = self.ends(state["id"])
        body = self._owner(parts[self.owner], state)
        found = None if body is None else self.found(body, parts)
        if found is None:
            return None
        told = {name: value for name, value in parts.items() if name in self.block.attributes}
        return {**self.known(state), **told, self.other: found, "id": state["id"]}

    def remove(self, identifier: str, state: Values) -> None:
        parts = self.ends(identifier)
        body = self._owner(parts[self.owner], state)
        if body is None or self.found(body, parts) is None:
            return
        self.write("delete", "PUT", identifier, self.parted(body, parts), state, state)

    def address(self, identifier: str) -> str:
        return identifier.partition(ids.JOINED)[0]

    # What single associations do otherwise.

    def ends(self, identifier: str) -> dict[str, str]:
        """The ids of both, as far as the association's own contains them."""
        return {self.owner: identifier}

    def check_free(self, body: Values, owner: str, other: str) -> None:
        """Raises Failed where there is one already."""
        there = found_at(body, f"{self.path}.id")
        if there:
            raise Failed(wording.exists(self.kind, owner), None)

    def joined(self, body: Values, names: Values) -> Values:
        return _with(body, self.path, {"id": names[self.other]})

    def parted(self, body: Values, parts: dict[str, str]) -> Values:
        return _with(body, self.path, None)

    def found(self, body: Values, parts: dict[str, str]) -> str | None:
        there = found_at(body, f"{self.path}.id")
        return str(there) if there else None

    def names(self, values: Values) -> Values:
        found = super().names(values)
        return {**found, "virtual_network_id": ids.parent(found[self.owner])} if self.owner == "subnet_id" else found

    def _owner(self, identifier: str, state: Values | None) -> Values | None:
        try:
            return self.get(identifier)
        except ApiError as refused:
            if refused.status == 404:
                return None
            what = ids.described(self.row.noun, identifier)
            raise Failed(f"retrieving {what}: {refused}", state) from None


class SubnetSecurityGroup(Association):
    other, path = "network_security_group_id", "properties.networkSecurityGroup"

    def check_free(self, body: Values, owner: str, other: str) -> None:
        if there := found_at(body, f"{self.path}.id"):
            raise Failed(wording.association_exists(self.kind, owner, str(there)), None)


class SubnetNatGateway(Association):
    other, path = "nat_gateway_id", "properties.natGateway"


class NatGatewayAddress(Association):
    """One of a list of addresses: the association's id is both ids."""

    owner, other, path = "nat_gateway_id", "public_ip_address_id", "properties.publicIpAddresses"

    def ends(self, identifier: str) -> dict[str, str]:
        owner, _, other = identifier.partition(ids.JOINED)
        return {self.owner: owner, self.other: other}

    def check_free(self, body: Values, owner: str, other: str) -> None:
        if self.found(body, {self.other: other}) is not None:
            raise Failed(wording.exists(self.kind, f"{owner}{ids.JOINED}{other}"), None)

    def joined(self, body: Values, names: Values) -> Values:
        return _with(body, self.path, [*self._listed(body), {"id": names[self.other]}])

    def parted(self, body: Values, parts: dict[str, str]) -> Values:
        gone = parts[self.other].lower()
        return _with(body, self.path, [each for each in self._listed(body) if str(each.get("id")).lower() != gone])

    def found(self, body: Values, parts: dict[str, str]) -> str | None:
        wanted = parts[self.other].lower()
        there = any(str(each.get("id")).lower() == wanted for each in self._listed(body))
        return parts[self.other] if there else None

    def _listed(self, body: Values) -> list[dict[str, Any]]:
        return list(found_at(body, self.path) or ())


class InterfacePool(Association):
    """A load balancer's pool that an interface's IP configuration is in: its id is that of both."""

    owner, other, path = "network_interface_id", "backend_address_pool_id", "properties.ipConfigurations"

    def ends(self, identifier: str) -> dict[str, str]:
        configuration, _, other = identifier.partition(ids.JOINED)
        name = configuration.rpartition("/")[2]
        return {self.owner: ids.parent(configuration), "ip_configuration_name": name, self.other: other}

    def address(self, identifier: str) -> str:
        return self.ends(identifier)[self.owner]

    def check_free(self, body: Values, owner: str, other: str) -> None:
        for each in found_at(body, self.path) or ():
            if self.found(body, {"ip_configuration_name": each["name"], self.other: other}) is not None:
                raise Failed(wording.exists(self.kind, f"{each['id']}{ids.JOINED}{other}"), None)

    def joined(self, body: Values, names: Values) -> Values:
        return self._changed(body, names["ip_configuration_name"], lambda pools: [*pools, {"id": names[self.other]}])

    def parted(self, body: Values, parts: dict[str, str]) -> Values:
        gone = parts[self.other].lower()
        name = parts["ip_configuration_name"]
        return self._changed(body, name, lambda pools: [each for each in pools if each["id"].lower() != gone])

    def found(self, body: Values, parts: dict[str, str]) -> str | None:
        wanted = parts[self.other].lower()
        for each in found_at(body, self.path) or ():
            pools = found_at(each, POOLS) or ()
            if each["name"] == parts["ip_configuration_name"] and any(pool["id"].lower() == wanted for pool in pools):
                return parts[self.other]
        return None

    def _changed(self, body: Values, name: str, change: Callable[[list[Values]], list[Values]]) -> Values:
        made = []
        for each in found_at(body, self.path) or ():
            own = each["name"] == name
            made.append(_with(each, POOLS, change(found_at(each, POOLS) or [])) if own else each)
        return _with(body, self.path, made)


class DataDisk(Association):
    """A managed disk that a machine has: said by the machine, whose identity stays out of it."""

    owner, other, path = "virtual_machine_id", "managed_disk_id", "properties.storageProfile.dataDisks"

    def names(self, values: Values) -> Values:
        return {**super().names(values), "disk": last(str(values[self.other]))}

    def ends(self, identifier: str) -> dict[str, str]:
        owner, _, disk = identifier.rpartition("/dataDisks/")
        return {self.owner: owner, "disk": disk}

    def address(self, identifier: str) -> str:
        return self.ends(identifier)[self.owner]

    def check_free(self, body: Values, owner: str, other: str) -> None:
        disk = last(other)
        if self.found(body, {"disk": disk}) is not None:
            raise Failed(wording.exists(self.kind, f"{owner}/dataDisks/{disk}"), None)

    def joined(self, body: Values, names: Values) -> Values:
        disk = self.get(names[self.other])
        made = {
            "name": names["disk"],
            "caching": names["caching"],
            "createOption": names["create_option"],
            "lun": names["lun"],
            "managedDisk": {"id": names[self.other], "storageAccountType": disk["sku"]["name"]},
            "writeAcceleratorEnabled": bool(names.get("write_accelerator_enabled")),
        }
        return self._without_identity(_with(body, self.path, [*(found_at(body, self.path) or ()), made]))

    def parted(self, body: Values, parts: dict[str, str]) -> Values:
        left = [each for each in found_at(body, self.path) or () if each["name"] != parts["disk"]]
        return self._without_identity(_with(body, self.path, left))

    def found(self, body: Values, parts: dict[str, str]) -> str | None:
        disks = found_at(body, self.path) or ()
        return next((each["managedDisk"]["id"] for each in disks if each["name"] == parts["disk"]), None)

    def _without_identity(self, body: Values) -> Values:
        return {name: value for name, value in body.items() if name != "identity"}


def _with(body: Values, path: str, value: Any) -> Values:
    changed = copy.deepcopy(body)
    put(changed, path, value)
    return changed
