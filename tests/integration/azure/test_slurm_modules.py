"""The Slurm cluster's Terraform modules on the embedded Azure.

"Apply, then Plan shows no changes" is what proves that the embedded cloud gives back what Azure gives back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from embedded_cloud.azure import tokens
from embedded_cloud.azure.login import TENANT
from tests.integration.azure.modules import COMPUTE, GROUPS, Cluster, led
from tests.integration.azure.slurm_variables import data, slurm_variables
from tests.integration.azure.tool import MANAGEMENT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

POOL = f"{GROUPS}/demo-rg/{COMPUTE}/demo-hpc-1"
VM = f"{GROUPS}/demo-rg/providers/Microsoft.Compute/virtualMachines"
NETWORK = f"{GROUPS}/demo-rg/providers/Microsoft.Network"
VERSION = "2025-04-01"


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with led(tmp_path, "slurm", slurm_variables()) as one:
        yield one


def as_controller(cluster: Cluster, verb: str, path: str, body: Any = None) -> requests.Response:
    """What Resource Manager answers the controller's own identity."""
    identity = f"{GROUPS}/demo-rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/demo-controller-id"
    made = cluster.azure("GET", identity, "2024-11-30")["properties"]
    token = tokens.token(MANAGEMENT, TENANT, made["clientId"], principal=made["principalId"])
    signed = {"Authorization": f"Bearer {token}"}
    return requests.request(
        verb, f"{MANAGEMENT}{path}", json=body, params={"api-version": VERSION}, headers=signed, timeout=10
    )


def test_a_slurm_cluster_is_made_and_changed_and_goes_while_its_controller_powers_nodes(cluster: Cluster) -> None:
    told = cluster.apply()
    assert told["scale_set_ids"] == {"demo-hpc-1": POOL}
    assert (told["controller_id"], list(told["login_ids"])) == (f"{VM}/demo-controller", ["demo-login-1"])
    cluster.is_settled()
    controller = cluster.azure("GET", f"{VM}/demo-controller", VERSION)["properties"]
    (disk,) = controller["storageProfile"]["dataDisks"]
    assert (disk["lun"], disk["managedDisk"]["id"]) == (0, told["data_disk_id"])
    it_powers_two_nodes_on_and_one_off(cluster)
    cluster.is_settled()
    # Another text for cloud-init, as a newer version of this tool has it, is for new machines alone.
    cluster.variables["custom_data"]["controller"] = data("newer")
    cluster.variables["login"]["count"] = 2
    cluster.apply()
    cluster.is_settled()
    assert cluster.azure("GET", f"{VM}/demo-controller", VERSION)["properties"]["vmId"] == controller["vmId"]
    cluster.destroy()
    assert cluster.left() == []


def it_powers_two_nodes_on_and_one_off(cluster: Cluster) -> None:
    """By its own identity, which may do that and nothing else."""
    assert as_controller(cluster, "PATCH", POOL, {"sku": {"capacity": 2}}).status_code == 200
    nodes = as_controller(cluster, "GET", f"{POOL}/virtualMachines").json()["value"]
    names = [each["properties"]["osProfile"]["computerName"] for each in nodes]
    assert names == ["demo-hpc-1-000000", "demo-hpc-1-000001"]
    assert as_controller(cluster, "POST", f"{POOL}/delete", {"instanceIds": ["0"]}).status_code == 202
    assert as_controller(cluster, "GET", POOL).json()["sku"]["capacity"] == 1
    for verb, path, body in (
        ("DELETE", POOL, None),
        ("POST", f"{POOL}/deallocate", {"instanceIds": ["1"]}),
        ("GET", f"{VM}/demo-controller", None),
        ("GET", f"{GROUPS}/demo-rg", None),
    ):
        refused = as_controller(cluster, verb, path, body)
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "AuthorizationFailed"), path


def test_the_way_in_changes_to_bastion_and_back_and_no_machine_is_made_anew(cluster: Cluster) -> None:
    cluster.apply()
    before = numbers(cluster)
    assert "loadBalancers" in cluster.types()
    cluster.variables["access"] = {"public": False, "bastion": True}
    assert cluster.apply()["bastion"] == "demo-bastion"
    cluster.is_settled()
    assert cluster.types() & {"bastionHosts", "loadBalancers"} == {"bastionHosts"}
    made = cluster.azure("GET", f"{NETWORK}/bastionHosts/demo-bastion", "2025-01-01")
    assert (made["sku"]["name"], made["properties"]["enableTunneling"]) == ("Standard", True)
    subnet = cluster.azure("GET", f"{NETWORK}/virtualNetworks/demo-vnet/subnets/AzureBastionSubnet", "2025-01-01")
    assert subnet["properties"]["addressPrefixes"] == ["10.0.255.192/26"]
    group = cluster.azure("GET", f"{NETWORK}/networkSecurityGroups/demo-nsg", "2025-01-01")
    assert group["properties"]["securityRules"] == []
    cluster.variables["access"] = {"public": True, "allowed_cidrs": ["203.0.113.0/24"]}
    cluster.apply()
    cluster.is_settled()
    assert cluster.types() & {"bastionHosts", "loadBalancers"} == {"loadBalancers"}
    assert numbers(cluster) == before
    cluster.destroy()
    assert cluster.left() == []


def numbers(cluster: Cluster) -> list[str]:
    """Azure's own numbers of the controller and the login node, which new machines in their place would not have."""
    names = ("demo-controller", "demo-login-1")
    return [cluster.azure("GET", f"{VM}/{each}", VERSION)["properties"]["vmId"] for each in names]
