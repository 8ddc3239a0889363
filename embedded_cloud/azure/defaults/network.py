"""Networks, addresses, load balancers."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any

from embedded_cloud.azure.bodies import read, with_value
from embedded_cloud.azure.failure import ArmError, invalid
from embedded_cloud.azure.identifiers import guid, mac_address
from embedded_cloud.azure.ids import parse
from embedded_cloud.azure.network.public_addresses import free_public_address
from embedded_cloud.azure.references import find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from embedded_cloud.azure.call import Call
    from embedded_cloud.store import Body, Store

LONGEST_OF_BASTION = 26  # https://learn.microsoft.com/azure/bastion/configuration-settings#subnet
RESERVED = 4  # a subnet's first four addresses are Azure's own, and its last
# https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview#default-security-rules
DEFAULT_RULES = (
    ("AllowVnetInBound", 65000, "Inbound", "Allow", "VirtualNetwork", "VirtualNetwork"),
    ("AllowAzureLoadBalancerInBound", 65001, "Inbound", "Allow", "AzureLoadBalancer", "*"),
    ("DenyAllInBound", 65500, "Inbound", "Deny", "*", "*"),
    ("AllowVnetOutBound", 65000, "Outbound", "Allow", "VirtualNetwork", "VirtualNetwork"),
    ("AllowInternetOutBound", 65001, "Outbound", "Allow", "*", "Internet"),
    ("DenyAllOutBound", 65500, "Outbound", "Deny", "*", "*"),
)


def virtual_network(call: Call, old: Body | None, body: Body) -> Body:
    spaces = [_range(each, "addressSpace") for each in read(body, "properties.addressSpace.addressPrefixes")]
    taken: list[tuple[str, Any]] = []
    for subnet in read(body, "properties.subnets") or ():
        for given in _prefixes(subnet):
            block = _range(given, subnet["name"])
            if not any(block.version == space.version and block.subnet_of(space) for space in spaces):
                raise ArmError(
                    400,
                    "NetcfgInvalidSubnet",
                    f"Subnet '{subnet['name']}' is not valid because its IP address range is outside the IP address "
                    f"range of virtual network '{body['name']}'.",
                )
            if any(name != subnet["name"] and block.overlaps(other) for name, other in taken):
                raise ArmError(
                    400,
                    "NetcfgSubnetRangesOverlap",
                    f"Subnet '{subnet['name']}' is not valid because its IP address range overlaps with that of an "
                    f"existing subnet in virtual network '{body['name']}'.",
                )
            taken.append((subnet["name"], block))
    return body


def subnet(call: Call, old: Body | None, body: Body) -> Body:
    if not _prefixes(body):
        raise invalid(f"Value for addressPrefix of subnet {body['name']} is missing.", "MissingValue")
    network = find(call.store, parse(body["id"]).parent)
    if network is not None:  # where the network is made with its subnets, it looks at them itself
        others = [each for each in read(network, "properties.subnets") if each["id"].lower() != body["id"].lower()]
        virtual_network(call, None, with_value(network, "properties.subnets", [*others, body]))
    return body


def security_group(call: Call, old: Body | None, body: Body) -> Body:
    _check_rules(read(body, "properties.securityRules") or ())
    rules = []
    for name, priority, direction, access, source, target in DEFAULT_RULES:
        rules.append(
            {
                "id": f"{body['id']}/defaultSecurityRules/{name}",
                "name": name,
                "type": "Microsoft.Network/networkSecurityGroups/defaultSecurityRules",
                "etag": body["etag"],
                "properties": {
                    "provisioningState": "Succeeded",
                    "protocol": "*",
                    "sourcePortRange": "*",
                    "destinationPortRange": "*",
                    "sourceAddressPrefix": source,
                    "destinationAddressPrefix": target,
                    "access": access,
                    "priority": priority,
                    "direction": direction,
                },
            }
        )
    return with_value(body, "properties.defaultSecurityRules", rules)


def security_rule(call: Call, old: Body | None, body: Body) -> Body:
    group = find(call.store, parse(body["id"]).parent)
    if group is not None:
        others = [each for each in read(group, "properties.securityRules") if each["id"].lower() != body["id"].lower()]
        _check_rules([*others, body])
    priority = read(body, "properties.priority")
    if not 100 <= int(priority) <= 4096:
        raise invalid(
            f"Security rule has invalid Priority. Value provided: {priority} Allowed range 100-4096.",
            "SecurityRuleInvalidPriority",
        )
    return body


def public_address(call: Call, old: Body | None, body: Body) -> Body:
    if read(body, "sku.name") == "Basic":
        raise ArmError(
            400,
            "IPv4BasicSkuPublicIpCountLimitReached",
            "Cannot create more than 0 IPv4 Basic SKU public IP addresses for this subscription in this region.",
        )
    if read(body, "properties.publicIPAllocationMethod") == "Static" and not read(body, "properties.ipAddress"):
        address = (read(old, "properties.ipAddress") if old else "") or _free_public(call, body["id"])
        body = with_value(body, "properties.ipAddress", address)
    label = read(body, "properties.dnsSettings.domainNameLabel")
    if label:
        body = with_value(body, "properties.dnsSettings.fqdn", f"{label}.{body['location']}.cloudapp.azure.com")
    return body


def public_prefix(call: Call, old: Body | None, body: Body) -> Body:
    length = int(read(body, "properties.prefixLength"))
    return with_value(body, "properties.ipPrefix", f"198.51.100.0/{length}")  # TEST-NET-2 (RFC 5737)


def interface(call: Call, old: Body | None, body: Body) -> Body:
    """A network interface; its addresses come from its subnets."""
    given = read(body, "properties.ipConfigurations") or []
    made, taken = [], set(addresses(call.store))
    for index, each in enumerate(given):
        own = read(each, "properties.privateIPAddress")
        if not own:
            own = free_address(call.store, read(each, "properties.subnet.id"), taken)
        taken.add(own)
        made.append(with_value(with_value(each, "properties.privateIPAddress", own), "properties.primary", index == 0))
    body = with_value(body, "properties.ipConfigurations", made)
    if not read(body, "properties.macAddress"):
        body = with_value(body, "properties.macAddress", mac_address(call.store, body["id"]))
    return body


def bastion(call: Call, old: Body | None, body: Body) -> Body:
    """A Bastion, whose name in DNS Azure makes up; azurerm itself refuses a subnet of another name."""
    given = read(body, "properties.ipConfigurations")
    for each in given:
        found = find(call.store, str(read(each, "properties.subnet.id"))) or {}
        if any(_range(prefix, "AzureBastionSubnet").prefixlen > LONGEST_OF_BASTION for prefix in _prefixes(found)):
            # Azure's own code is not known: that it refuses is github.com/mspnp/samples/pull/269 (2026-05-27).
            raise invalid(f"The prefix of {found['id']} must be /{LONGEST_OF_BASTION} or larger for Azure Bastion.")
    return with_value(body, "properties.dnsName", f"bst-{guid(call.store, body['id'])}.bastion.azure.com")


def addresses(store: Store) -> Iterator[str]:
    """The private addresses of all interfaces."""
    for collection in store.collections():
        if collection.endswith("/networkinterfaces"):
            for body in store.each(collection).values():
                for each in read(body, "properties.ipConfigurations") or ():
                    if read(each, "properties.privateIPAddress"):
                        yield read(each, "properties.privateIPAddress")


def free_address(store: Store, subnet_id: str, taken: set[str]) -> str:
    """The first free address of the subnet. Raises ArmError where it is full."""
    found = find(store, subnet_id)
    hosts = _range(_prefixes(found)[0], subnet_id) if found else ipaddress.ip_network("10.0.0.0/24")
    for index in range(RESERVED, hosts.num_addresses - 1):
        if (address := str(hosts[index])) not in taken:
            return address
    raise ArmError(
        400,
        "SubnetIsFull",
        f"Subnet {parse(subnet_id).name} with address prefix {hosts} does not have enough capacity for 1 IP addresses.",
    )


def _check_rules(rules: Any) -> None:
    seen: dict[tuple[str, int], str] = {}
    for rule in rules:
        place = (read(rule, "properties.direction"), read(rule, "properties.priority"))
        if place in seen:
            raise ArmError(
                400,
                "SecurityRuleConflict",
                f"Security rule {rule['name']} conflicts with rule {seen[place]}. Rules cannot have the same Priority "
                "and Direction.",
            )
        seen[place] = rule["name"]


def _free_public(call: Call, path: str) -> str:
    """A free address of this machine, where load balancers listen. Raises ArmError where all are taken."""
    try:
        return free_public_address(call.store, path, call.context.public_addresses.block)
    except OSError as error:
        raise ArmError(409, "PublicIPCountLimitReached", f"The embedded cloud has no address left: {error}") from None


def _prefixes(subnet: Body) -> list[str]:
    several = read(subnet, "properties.addressPrefixes")
    one = read(subnet, "properties.addressPrefix")
    return list(several) if several else [one] if one else []


def _range(text: str, name: str) -> Any:
    try:
        return ipaddress.ip_network(text, strict=True)
    except ValueError:
        raise ArmError(
            400,
            "InvalidCIDRNotation",
            f"The address prefix {text} in resource {name} has an invalid CIDR notation. "
            "For the given prefix length, the address prefix should be in its canonical form.",
        ) from None


DEFAULTS = {
    "Microsoft.Network/virtualNetworks": virtual_network,
    "Microsoft.Network/virtualNetworks/subnets": subnet,
    "Microsoft.Network/networkSecurityGroups": security_group,
    "Microsoft.Network/networkSecurityGroups/securityRules": security_rule,
    "Microsoft.Network/publicIPAddresses": public_address,
    "Microsoft.Network/publicIPPrefixes": public_prefix,
    "Microsoft.Network/networkInterfaces": interface,
    "Microsoft.Network/bastionHosts": bastion,
}
