"""Private endpoints and private zones: what ../network/private_endpoints.py names as its sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from embedded_cloud.azure.bodies import read, with_value
from embedded_cloud.azure.defaults.network import addresses, free_address
from embedded_cloud.azure.failure import ArmError
from embedded_cloud.azure.ids import key, parse
from embedded_cloud.azure.references import find

if TYPE_CHECKING:
    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body

CONNECTIONS = "properties.privateLinkServiceConnections"
CARD = "Microsoft.Network/networkInterfaces"
ZONE = "Microsoft.Network/privateDnsZones"
TTL, SOA_TTL = 10, 3600


def endpoint(call: Call, old: Body | None, body: Body) -> Body:
    """Complete an endpoint; a new one gets a card with an address of its subnet."""
    made = []
    for each in read(body, CONNECTIONS) or ():
        service = str(read(each, "properties.privateLinkServiceId"))
        if find(call.store, service) is None:
            raise ArmError(400, "InvalidResourceReference", f"Resource {service} was not found.")
        state = {"status": "Approved", "description": "", "actionsRequired": "None"}
        made.append(with_value(each, "properties.privateLinkServiceConnectionState", state))
    body = with_value(body, CONNECTIONS, made)
    cards = read(old, "properties.networkInterfaces") if old else None
    return with_value(body, "properties.networkInterfaces", cards or [{"id": _card(call, body)}])


def zone_group(call: Call, old: Body | None, body: Body) -> Body:
    """The zones of an endpoint, each with the record that leads to it."""
    owner = find(call.store, parse(body["id"]).parent)
    if owner is None:
        raise ArmError(404, "ParentResourceNotFound", "Can not perform requested operation on nested resource.")
    card = find(call.store, read(owner, "properties.networkInterfaces")[0]["id"]) or {}
    address = read(card, "properties.ipConfigurations")[0]["properties"]["privateIPAddress"]
    service = str(read(owner, CONNECTIONS)[0]["properties"]["privateLinkServiceId"]).rpartition("/")[2]
    made = []
    for each in read(body, "properties.privateDnsZoneConfigs") or ():
        zone = str(read(each, "properties.privateDnsZoneId"))
        if find(call.store, zone) is None:
            raise ArmError(400, "InvalidResourceReference", f"Resource {zone} was not found.")
        record = {
            "recordSetName": service,
            "recordType": "A",
            "fqdn": f"{service}.{zone.rpartition('/')[2]}",
            "ttl": TTL,
            "ipAddresses": [address],
        }
        made.append(with_value(each, "properties.recordSets", [record]))
    return with_value(body, "properties.privateDnsZoneConfigs", made)


def zone(call: Call, old: Body | None, body: Body) -> Body:
    """A new zone has the record of its authority."""
    path = f"{body['id']}/SOA/@"
    if old is None:
        host = "azureprivatedns.net"
        record = {"host": host, "email": "azureprivatedns-host.microsoft.com", "serialNumber": 1}
        record |= {"refreshTime": 3600, "retryTime": 300, "expireTime": 2419200, "minimumTtl": 10}
        told = {"ttl": SOA_TTL, "fqdn": f"{body['name']}.", "soaRecord": record}
        call.store.put(*key(path), {"id": path, "name": "@", "type": f"{ZONE}/SOA", "properties": told})
    return body


def link(call: Call, old: Body | None, body: Body) -> Body:
    """A network that finds the zone's names; both must be there."""
    owner = parse(body["id"]).parent
    if find(call.store, owner) is None:
        raise ArmError(404, "ParentResourceNotFound", "Can not perform requested operation on nested resource.")
    return body


def _card(call: Call, body: Body) -> str:
    subnet = read(body, "properties.subnet.id")
    address = free_address(call.store, subnet, set(addresses(call.store)))
    path = f"{body['id'].partition('/providers/')[0]}/providers/{CARD}/{body['name']}.nic"
    where = {"privateIPAddress": address, "subnet": {"id": subnet}, "primary": True}
    configuration = {"id": f"{path}/ipConfigurations/privateEndpointIpConfig", "name": "privateEndpointIpConfig"}
    card = {"id": path, "name": f"{body['name']}.nic", "type": CARD, "location": body["location"]}
    told = {"ipConfigurations": [{**configuration, "properties": where}], "privateEndpoint": {"id": body["id"]}}
    call.store.put(*key(path), {**card, "properties": told})
    return path


DEFAULTS = {
    "Microsoft.Network/privateEndpoints": endpoint,
    "Microsoft.Network/privateEndpoints/privateDnsZoneGroups": zone_group,
    ZONE: zone,
    f"{ZONE}/virtualNetworkLinks": link,
}
