"""Virtual machines outside of scale sets, their disks, and the roles of the identities that they have."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from embedded_cloud.azure import tokens
from embedded_cloud.azure.login import TENANT
from tests.unit.embedded_cloud.asked_cloud import until
from tests.unit.embedded_cloud.azure_kit import COMPUTE, GROUP, NETWORK, PLACE, ROOT, Azure

if TYPE_CHECKING:
    from tests.unit.embedded_cloud.asked_cloud import Asked

VM = f"{COMPUTE}/virtualMachines/vm"
NIC = f"{NETWORK}/networkInterfaces/nic"
DATA = f"{COMPUTE}/disks/data"
ROLES = "providers/Microsoft.Authorization/roleDefinitions"
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id"


@pytest.fixture
def azure(asked: Asked) -> Azure:
    """A machine, and a disk that nobody has."""
    made = Azure(asked)
    subnet = made.network()
    configuration = {"name": "internal", "properties": {"subnet": {"id": subnet}}}
    made.json("PUT", NIC, {**PLACE, "properties": {"ipConfigurations": [configuration]}})
    data = {"creationData": {"createOption": "Empty"}, "diskSizeGB": 64}
    made.json("PUT", DATA, {**PLACE, "sku": {"name": "Premium_LRS"}, "properties": data}, 202)
    made.json("PUT", VM, machine(), 201)
    assert until(lambda: running(made))
    return made


def machine(size: str = "Standard_D2s_v5") -> dict[str, Any]:
    image = {"publisher": "microsoft-dsvm", "offer": "ubuntu-hpc", "sku": "2404", "version": "latest"}
    disk = {"createOption": "FromImage", "managedDisk": {"storageAccountType": "Premium_LRS"}}
    system = {"computerName": "vm", "adminUsername": "azureuser", "customData": "aGk="}
    properties = {
        "hardwareProfile": {"vmSize": size},
        "networkProfile": {"networkInterfaces": [{"id": NIC}]},
        "storageProfile": {"imageReference": image, "osDisk": disk, "dataDisks": []},
        "osProfile": system,
    }
    return {**PLACE, "tags": {"owner": "me"}, "properties": properties}


def running(azure: Azure) -> bool:
    return "PowerState/running" in json.dumps(azure.json("GET", f"{VM}/instanceView"))


def attach(azure: Azure, *luns: int) -> dict[str, Any]:
    shown: dict[str, Any] = azure.json("GET", VM)
    disks = [{"lun": lun, "name": "data", "createOption": "Attach", "managedDisk": {"id": DATA}} for lun in luns]
    shown["properties"]["storageProfile"]["dataDisks"] = disks
    return shown


def test_a_machine_has_its_interfaces_address_and_a_disk_that_outlives_it(azure: Azure) -> None:
    shown = azure.json("GET", VM)
    assert "customData" not in shown["properties"]["osProfile"]
    disk = shown["properties"]["storageProfile"]["osDisk"]["managedDisk"]["id"]
    assert azure.json("GET", disk)["tags"] == {"owner": "me"}
    assert azure.json("GET", NIC)["properties"]["virtualMachine"]["id"] == VM
    assert azure.refused("DELETE", NIC)[0] == "NicInUse"
    azure.json("DELETE", VM, status=202)
    assert until(lambda: azure.ask("GET", VM).status == 404)
    azure.json("GET", disk)
    azure.json("DELETE", NIC)


def test_a_disk_is_one_machines_until_it_is_detached(azure: Azure) -> None:
    azure.json("PUT", VM, attach(azure, 0), 200)
    assert azure.json("GET", DATA)["managedBy"] == VM
    assert azure.refused("DELETE", DATA)[0] == "OperationNotAllowed"
    assert azure.refused("PUT", VM, attach(azure, 1, 1))[0] == "InvalidParameter"
    azure.json("PUT", VM, attach(azure), 200)
    shown = azure.json("GET", DATA)
    assert (shown["properties"]["diskState"], shown.get("managedBy")) == ("Unattached", None)


def test_what_a_machine_was_made_with_stays(azure: Azure) -> None:
    shown = azure.json("GET", VM)
    shown["properties"]["osProfile"]["customData"] = "b3RoZXI="
    assert azure.refused("PUT", VM, shown, 409)[0] == "PropertyChangeNotAllowed"


def test_a_stopped_machine_stays_and_starts_again(azure: Azure) -> None:
    number = azure.json("GET", VM)["properties"]["vmId"]
    azure.json("POST", f"{VM}/deallocate", status=202)
    assert "PowerState/deallocated" in json.dumps(azure.json("GET", f"{VM}/instanceView"))
    azure.json("POST", f"{VM}/start", status=202)
    assert until(lambda: running(azure))
    assert azure.json("GET", VM)["properties"]["vmId"] == number


def test_a_machine_counts_on_the_quota(azure: Azure) -> None:
    usages = azure.json("GET", f"{ROOT}/providers/Microsoft.Compute/locations/westeurope/usages")["value"]
    assert next(each["currentValue"] for each in usages if each["name"]["value"] == "cores") == 2


def test_the_group_goes_with_its_machines(azure: Azure) -> None:
    begun = dict(azure.ask("DELETE", GROUP).headers)["Azure-AsyncOperation"]
    operation = begun.removeprefix("https://management.azure.com").partition("?")[0]
    assert until(lambda: azure.json("GET", operation)["status"] == "Succeeded")
    assert azure.ask("GET", GROUP).status == 404


def role(azure: Azure, name: str, *actions: str) -> str:
    number = f"00000000-0000-4000-8000-{name:0>12}"
    body = {"roleName": name, "permissions": [{"actions": list(actions)}], "assignableScopes": [GROUP]}
    made = azure.json("PUT", f"{GROUP}/{ROLES}/{number}", {"properties": body}, 201)
    assert made["id"] == f"{ROOT}/{ROLES}/{number}"
    return str(made["id"])


def test_an_identity_may_do_what_its_role_says_where_it_has_it_and_nothing_else(azure: Azure) -> None:
    azure.json("PUT", IDENTITY, PLACE)
    principal = azure.json("GET", IDENTITY)["properties"]["principalId"]
    token = tokens.token("https://management.azure.com", TENANT, "c", principal=principal)
    given = role(azure, "1", "Microsoft.Compute/virtualMachines/read")
    assert azure.ask("GET", VM, token=token).status == 403
    assignment = f"{VM}/providers/Microsoft.Authorization/roleAssignments/11111111-0000-4000-8000-000000000000"
    azure.json("PUT", assignment, {"properties": {"roleDefinitionId": given, "principalId": principal}}, 201)
    assert azure.ask("GET", VM, token=token).status == 200
    assert azure.ask("POST", f"{VM}/deallocate", token=token).status == 403
    assert azure.ask("GET", DATA, token=token).status == 403
    assert azure.refused("DELETE", given)[0] == "RoleDefinitionHasAssignments"
    azure.json("DELETE", assignment)
    azure.json("DELETE", given, status=200)


def test_a_roles_name_is_one_space_for_the_directory(azure: Azure) -> None:
    role(azure, "1", "*/read")
    body = {"roleName": "1", "permissions": [], "assignableScopes": [GROUP]}
    other = f"{GROUP}/{ROLES}/00000000-0000-4000-8000-000000000009"
    assert azure.refused("PUT", other, {"properties": body}, 409)[0] == "RoleDefinitionWithSameNameExists"
    assert [each["properties"]["type"] for each in found(azure, "1")] == ["CustomRole"]


def found(azure: Azure, name: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = azure.json("GET", f"{ROOT}/{ROLES}", query=f"&$filter=roleName eq '{name}'")["value"]
    return listed
