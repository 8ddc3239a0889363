"""Private endpoints, with the group of zones that lead to them.

Source: internal/services/network/private_endpoint_resource.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from embedded_cloud.standin.azurerm.lifecycle import Lifecycle
from embedded_cloud.standin.mapping import found_at
from embedded_cloud.standin.table import last

if TYPE_CHECKING:
    from embedded_cloud.standin.wire import Values

CONNECTIONS = "properties.privateLinkServiceConnections"


class PrivateEndpoint(Lifecycle):
    """An endpoint that is approved by itself; one that somebody has to approve is not in the stand-in."""

    def write(self, doing: str, verb: str, identifier: str, body: Values, made: Values, left: Values | None) -> None:
        super().write(doing, verb, identifier, body, made, left)
        if doing == "create":
            for group in made.get("private_dns_zone_group") or ():
                zones = [
                    {"name": last(each), "properties": {"privateDnsZoneId": each}}
                    for each in group["private_dns_zone_ids"]
                ]
                path = f"{identifier}/privateDnsZoneGroups/{group['name']}"
                super().write(doing, "PUT", path, {"properties": {"privateDnsZoneConfigs": zones}}, made, made)

    def body(self, names: Values) -> Values:
        body = super().body(names)
        (given,) = names["private_service_connection"]
        told = {"privateLinkServiceId": given["private_connection_resource_id"], "groupIds": given["subresource_names"]}
        body["properties"]["privateLinkServiceConnections"] = [{"name": given["name"], "properties": told}]
        return body

    def state(self, answer: Values, known: Values, names: Values) -> Values:
        state = super().state(answer, known, names)
        card = found_at(answer, "properties.networkInterfaces")[0]["id"]
        address = found_at(self.get(card), "properties.ipConfigurations")[0]["properties"]["privateIPAddress"]
        groups = self._groups(known["id"])
        return {
            **state,
            "network_interface": [{"id": card, "name": last(card)}],
            "private_service_connection": [_connection(each, address) for each in found_at(answer, CONNECTIONS)],
            "private_dns_zone_group": [_group(each) for each in groups],
            "private_dns_zone_configs": [config for each in groups for config in _configs(each)],
        }

    def remove(self, identifier: str, state: Values) -> None:
        for each in self._groups(identifier):
            super().remove(each["id"], state)
        super().remove(identifier, state)

    def _groups(self, identifier: str) -> list[Values]:
        found: list[Values] = self.get(f"{identifier}/privateDnsZoneGroups").get("value") or []
        return found


def _connection(told: Values, address: str) -> Values:
    return {
        "name": told["name"],
        "is_manual_connection": False,
        "private_connection_resource_alias": "",
        "private_connection_resource_id": told["properties"]["privateLinkServiceId"],
        "private_ip_address": address,
        "request_message": "",
        "subresource_names": list(told["properties"].get("groupIds") or ()),
    }


def _zones(group: Values) -> list[Values]:
    return list(found_at(group, "properties.privateDnsZoneConfigs") or ())


def _group(group: Values) -> Values:
    named = [each["properties"]["privateDnsZoneId"] for each in _zones(group)]
    return {"id": group["id"], "name": group["name"], "private_dns_zone_ids": named}


def _configs(group: Values) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{group['id']}/privateDnsZoneConfigs/{each['name']}",
            "name": each["name"],
            "private_dns_zone_id": each["properties"]["privateDnsZoneId"],
            "record_sets": [
                {
                    "fqdn": record["fqdn"],
                    "ip_addresses": record["ipAddresses"],
                    "name": record["recordSetName"],
                    "ttl": record["ttl"],
                    "type": record["recordType"],
                }
                for record in each["properties"].get("recordSets") or ()
            ],
        }
        for each in _zones(group)
    ]
