"""Azure NetApp Files, Azure Database for MySQL and private endpoints: what they refuse, and what goes with what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.unit.embedded_cloud.azure_kit import GROUP, NETWORK, PLACE, Azure

if TYPE_CHECKING:
    from tests.unit.embedded_cloud.asked_cloud import Asked

ACCOUNT = f"{GROUP}/providers/Microsoft.NetApp/netAppAccounts/a"
POOL = f"{ACCOUNT}/capacityPools/p"
VOLUME = f"{POOL}/volumes/v"
SERVER = f"{GROUP}/providers/Microsoft.DBforMySQL/flexibleServers/vega"
ENDPOINT = f"{NETWORK}/privateEndpoints/e"
TIB = 2**40


@pytest.fixture
def azure(asked: Asked) -> Azure:
    made = Azure(asked)
    made.network()
    return made


def subnet(azure: Azure, *delegated: str) -> str:
    path = f"{NETWORK}/virtualNetworks/v/subnets/files"
    delegations = [{"name": "d", "properties": {"serviceName": each}} for each in delegated]
    azure.json("PUT", path, {"properties": {"addressPrefix": "10.0.18.0/24", "delegations": delegations}})
    return path


def volume(azure: Azure, tib: int, *delegated: str) -> dict[str, Any]:
    """The body of a volume in a pool of 4 TiB, which is made."""
    azure.json("PUT", ACCOUNT, {**PLACE, "properties": {}})
    azure.json("PUT", POOL, {**PLACE, "properties": {"serviceLevel": "Premium", "size": 4 * TIB}})
    told = {"creationToken": "v", "usageThreshold": tib * TIB, "subnetId": subnet(azure, *delegated)}
    return {**PLACE, "properties": told}


def test_a_volume_has_an_address_of_the_subnet_that_is_delegated(azure: Azure) -> None:
    azure.json("PUT", VOLUME, volume(azure, 4, "Microsoft.Netapp/volumes"))
    told = azure.json("GET", VOLUME)["properties"]
    assert told["mountTargets"][0]["ipAddress"] == "10.0.18.4"
    assert told["throughputMibps"] == 256.0


def test_a_volume_needs_a_delegated_subnet_and_room_in_its_pool(azure: Azure) -> None:
    assert azure.refused("PUT", VOLUME, volume(azure, 4))[0] == "SubnetNotDelegated"
    assert azure.refused("PUT", VOLUME, volume(azure, 5, "Microsoft.Netapp/volumes"))[0] == "PoolSizeTooSmall"


def test_what_holds_a_volume_does_not_go_before_it(azure: Azure) -> None:
    azure.json("PUT", VOLUME, volume(azure, 4, "Microsoft.Netapp/volumes"))
    for holder in (ACCOUNT, POOL):
        assert "nested resources" in azure.refused("DELETE", holder, status=409)[1]
    assert "in use" in azure.refused("DELETE", f"{NETWORK}/virtualNetworks/v/subnets/files")[1]
    for each in (VOLUME, POOL, ACCOUNT):
        azure.json("DELETE", each)


def server(password: str = "Aa1-secret") -> dict[str, Any]:  # noqa: S107 of a server that is none
    told = {"administratorLogin": "slurm", "administratorLoginPassword": password}
    return {**PLACE, "sku": {"name": "Standard_D2ads_v5", "tier": "GeneralPurpose"}, "properties": told}


def test_a_server_tells_no_password_and_has_its_parameters_from_the_start(azure: Azure) -> None:
    azure.json("PUT", SERVER, server())
    assert "administratorLoginPassword" not in azure.json("GET", SERVER)["properties"]
    parameter = f"{SERVER}/configurations/innodb_lock_wait_timeout"
    azure.json("PATCH", parameter, {"properties": {"value": "900"}})
    told = azure.json("GET", parameter)["properties"]
    assert (told["value"], told["defaultValue"]) == ("900", "50")


@pytest.mark.parametrize("password", ["", "short", "onlysmallletters"])
def test_a_server_refuses_a_password_that_is_too_simple(azure: Azure, password: str) -> None:
    code, _ = azure.refused("PUT", SERVER, server(password))
    assert code == ("PasswordNotComplex" if password else "InvalidParameterValue")


def test_an_endpoint_has_a_card_that_goes_with_it_and_a_record_in_its_zone(azure: Azure) -> None:
    azure.json("PUT", SERVER, server())
    connection = {"name": "c", "properties": {"privateLinkServiceId": SERVER, "groupIds": ["mysqlServer"]}}
    place = {"subnet": {"id": f"{NETWORK}/virtualNetworks/v/subnets/s"}}
    azure.json("PUT", ENDPOINT, {**PLACE, "properties": {**place, "privateLinkServiceConnections": [connection]}})
    (card,) = azure.json("GET", ENDPOINT)["properties"]["networkInterfaces"]
    zone = f"{NETWORK}/privateDnsZones/privatelink.mysql.database.azure.com"
    azure.json("PUT", zone, {"location": "global"})
    given = {"privateDnsZoneConfigs": [{"name": "z", "properties": {"privateDnsZoneId": zone}}]}
    azure.json("PUT", f"{ENDPOINT}/privateDnsZoneGroups/default", {"properties": given})
    (group,) = azure.json("GET", f"{ENDPOINT}/privateDnsZoneGroups")["value"]
    (record,) = group["properties"]["privateDnsZoneConfigs"][0]["properties"]["recordSets"]
    assert (record["fqdn"], record["ipAddresses"]) == ("vega.privatelink.mysql.database.azure.com", ["10.0.0.4"])
    azure.json("DELETE", ENDPOINT)
    assert azure.ask("GET", card["id"]).status == 404


def test_a_zone_stays_while_a_network_is_linked_to_it(azure: Azure) -> None:
    zone = f"{NETWORK}/privateDnsZones/privatelink.mysql.database.azure.com"
    azure.json("PUT", zone, {"location": "global"})
    network = {"virtualNetwork": {"id": f"{NETWORK}/virtualNetworks/v"}}
    azure.json("PUT", f"{zone}/virtualNetworkLinks/l", {"location": "global", "properties": network})
    assert azure.refused("DELETE", zone, status=409)[0] == "CannotDeleteResource"
    azure.json("DELETE", f"{zone}/virtualNetworkLinks/l")
    azure.json("DELETE", zone)
