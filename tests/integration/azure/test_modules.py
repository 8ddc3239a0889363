"""The scale set cluster's Terraform modules on the embedded Azure.

"Apply, then Plan shows no changes" is what proves that the embedded cloud gives back what Azure gives back.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from embedded_cloud.azure import tokens
from embedded_cloud.azure.login import TENANT
from tests.integration.azure.modules import COMPUTE, GROUPS, HPC, SIZES, Cluster, first_variables, led
from tests.integration.azure.tool import SUBSCRIPTION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MODES = ("uniform", "flexible")
OWN = f"{GROUPS}/demo-rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/mine"
ODD_TAGS = {"cost center": 'R&D: <ü> 50% "quoted" ${x} %{y}', "Path:x": "a/b?c\\d", "empty": ""}


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster of two machines to be, in a subscription with the storage account that the state lies in."""
    with led(tmp_path) as one:
        yield one


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The same for tests that make nothing: they share one."""
    with led(tmp_path_factory.mktemp("standing")) as one:
        yield one


def in_mode(cluster: Cluster, mode: str) -> None:
    cluster.gets(mode=mode, single_placement_group=mode == "uniform", sku=SIZES[mode])


@pytest.mark.parametrize("mode", MODES)
def test_a_cluster_is_made_grows_and_shrinks_without_touching_the_others_and_goes(cluster: Cluster, mode: str) -> None:
    in_mode(cluster, mode)
    told = cluster.apply()
    assert told["scale_set_id"] == f"{GROUPS}/demo-rg/{COMPUTE}/demo"
    assert (told["mode"], told["scale_set_name"], told["resource_group"]) == (mode, "demo", "demo-rg")
    assert told["nat_rule"] == {"load_balancer": "demo-lb", "pool": "nodes", "rule": "ssh"}
    assert told["public_address"] and told["identity_client_id"]
    cluster.is_settled()
    its_machines_are_as_they_were_asked_for(cluster, mode)
    two = cluster.machines()
    assert len(two) == 2
    # Another text for cloud-init, as a newer version of this tool has it, is for new machines alone.
    cluster.variables["custom_data"] = base64.b64encode(b"#cloud-config\n# newer\n").decode()
    cluster.gets(instances=3)
    cluster.apply()
    cluster.is_settled()
    three = cluster.machines()
    assert list(three.items())[:2] == list(two.items())
    assert len(three) == 3
    cluster.gets(instances=1)
    cluster.apply()
    assert list(cluster.machines().items()) == list(two.items())[:1]
    cluster.is_settled()
    cluster.destroy()
    assert cluster.left() == []


def its_machines_are_as_they_were_asked_for(cluster: Cluster, mode: str) -> None:
    """Close together where InfiniBand needs it, not one too many, with a card handed through and no address outside."""
    made, of_each = cluster.scale_set()["properties"], profile(cluster)
    uniform = mode == "uniform"
    assert (made["singlePlacementGroup"], made.get("overprovision", False)) == (uniform, False)
    assert made["platformFaultDomainCount"] == 1
    (card,) = of_each["networkProfile"]["networkInterfaceConfigurations"]
    assert card["properties"]["enableAcceleratedNetworking"] is True
    (address,) = card["properties"]["ipConfigurations"]
    assert "publicIPAddressConfiguration" not in address["properties"]
    assert of_each["storageProfile"]["osDisk"]["diskSizeGB"] == 256
    assert of_each["osProfile"]["linuxConfiguration"]["disablePasswordAuthentication"] is True
    network = f"{GROUPS}/demo-rg/providers/Microsoft.Network/virtualNetworks/demo-vnet/subnets/demo-subnet"
    assert cluster.azure("GET", network, "2025-01-01")["properties"]["defaultOutboundAccess"] is False


@pytest.fixture
def guest(cluster: Cluster) -> Cluster:
    """The same in a resource group, and with an identity, that are there already."""
    place = {"location": "westeurope"}
    cluster.azure("PUT", f"{GROUPS}/demo-rg", "2023-07-01", place)
    cluster.azure("PUT", OWN, "2024-11-30", place)
    cluster.variables |= {"resource_group": {"name": "demo-rg", "create": False}, "identity": {"id": OWN}}
    return cluster


def is_gone_as_a_guest(cluster: Cluster) -> None:
    """The cluster is gone, and what was there before isn't."""
    cluster.destroy()
    assert cluster.left() == sorted([f"{GROUPS}/demo-rg".lower(), OWN.lower()])


def profile(cluster: Cluster) -> dict[str, Any]:
    found: dict[str, Any] = cluster.scale_set()["properties"]["virtualMachineProfile"]
    return found


@pytest.mark.parametrize("mode", MODES)
def test_a_private_cluster_has_no_way_in_and_takes_nothing_along_that_was_there(guest: Cluster, mode: str) -> None:
    in_mode(guest, mode)
    guest.gets(instances=1)
    guest.variables["access"] = {"public": False}
    told = guest.apply()
    assert (told["public_address"], told["identity_client_id"]) == ("", "")
    assert told.get("nat_rule") is None
    assert len(guest.machines()) == 1
    guest.is_settled()
    assert "loadBalancers" not in guest.types()
    network = f"{GROUPS}/demo-rg/providers/Microsoft.Network"
    group = guest.azure("GET", f"{network}/networkSecurityGroups/demo-nsg", "2025-01-01")
    assert group["properties"]["securityRules"] == []
    addresses = guest.azure("GET", f"{network}/publicIPAddresses", "2025-01-01")["value"]
    assert [each["name"] for each in addresses] == ["demo-nat-ip"]
    assert list(guest.scale_set()["identity"]["userAssignedIdentities"]) == [OWN]
    is_gone_as_a_guest(guest)


def test_ssh_is_open_from_the_given_ranges_to_the_head_alone_and_both_can_change(guest: Cluster) -> None:
    rule = f"{GROUPS}/demo-rg/providers/Microsoft.Network/networkSecurityGroups/demo-nsg/securityRules/ssh"
    for ranges in (["203.0.113.0/24"], ["198.51.100.7/32", "203.0.113.0/24"]):
        guest.variables["access"] = {"public": True, "allowed_cidrs": ranges}
        assert guest.terraform("apply", "-auto-approve", "-target=module.network").returncode == 0
        shown = guest.azure("GET", rule, "2025-01-01")["properties"]
        assert sorted(shown["sourceAddressPrefixes"]) == ranges
        assert (shown["destinationPortRange"], shown["access"]) == ("22", "Allow")
        assert shown["destinationAddressPrefix"] == "10.0.0.0"  # nobody's
    guest.variables["access"]["head"] = "10.0.0.4"
    assert guest.terraform("apply", "-auto-approve", "-target=module.network").returncode == 0
    assert guest.azure("GET", rule, "2025-01-01")["properties"]["destinationAddressPrefix"] == "10.0.0.4"
    is_gone_as_a_guest(guest)


def test_a_uniform_set_takes_spot_prices_zones_plans_trusted_launch_and_odd_tags(guest: Cluster) -> None:
    image = {"publisher": "almalinux", "offer": "almalinux-hpc", "sku": "8_10-hpc-gen2"}
    plan = {"publisher": image["publisher"], "product": image["offer"], "name": image["sku"]}
    provider = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.MarketplaceOrdering/offerTypes/virtualmachine"
    offer = f"{provider}/publishers/almalinux/offers/almalinux-hpc/plans/8_10-hpc-gen2/agreements/current"
    guest.azure("PUT", offer, "2015-06-01", {"properties": {"accepted": True}})
    guest.gets(image={"reference": {**image, "version": "latest"}}, plan=plan, zones=["1", "2", "3"])
    guest.gets(priority="Spot", max_price=12.5, vtpm=True, secure_boot=True, single_placement_group=False)
    guest.variables["tags"] |= ODD_TAGS
    guest.apply()
    guest.is_settled()
    shown = guest.scale_set()
    assert shown["tags"] == guest.variables["tags"]
    assert (shown["plan"], sorted(shown["zones"])) == (plan, ["1", "2", "3"])
    assert shown["properties"]["scaleInPolicy"]["rules"] == ["NewestVM"]
    made = profile(guest)
    assert (made["priority"], made["evictionPolicy"], made["billingProfile"]["maxPrice"]) == ("Spot", "Delete", 12.5)
    security = {"secureBootEnabled": True, "vTpmEnabled": True}
    assert made["securityProfile"] == {"securityType": "TrustedLaunch", "uefiSettings": security}
    is_gone_as_a_guest(guest)


def test_a_flexible_set_takes_spot_zones_an_image_of_ones_own_and_odd_tags(guest: Cluster) -> None:
    in_mode(guest, "flexible")
    image = f"{GROUPS}/images/providers/Microsoft.Compute/galleries/g/images/mine/versions/1.0.0"
    guest.gets(image={"id": image}, zones=["2", "3"], priority="Spot")
    guest.variables["tags"] |= ODD_TAGS
    guest.apply()
    guest.is_settled()
    shown, made = guest.scale_set(), profile(guest)
    assert shown["tags"] == guest.variables["tags"]
    assert sorted(shown["zones"]) == ["2", "3"]
    assert made["storageProfile"]["imageReference"] == {"id": image}
    assert (made["priority"], made["evictionPolicy"]) == ("Spot", "Delete")
    assert "billingProfile" not in made  # up to the price of a Regular one
    assert "securityProfile" not in made
    is_gone_as_a_guest(guest)


@pytest.mark.parametrize(
    ("variables", "scale_set", "told"),
    [
        ({"tags": {"owner": "me"}}, {}, "must hold aiinfra-cluster"),
        ({"tags": {"aiinfra-cluster": "a", "a<b": "x"}}, {}, "without < >"),
        ({"access": {"public": True}}, {}, "ALLOWED_CIDRS"),
        ({"access": {"public": True, "allowed_cidrs": ["1.2.3.4"]}}, {}, "CIDR notation"),
        ({"network": {"address_space": "172.16.0.0/16"}}, {}, "InfiniBand"),
        ({"network": {"subnet": "10.0.0.0/30"}}, {}, "too small"),
        ({"custom_data": "A" * 87385}, {}, "64 KiB"),
        ({}, {"mode": "Uniform"}, "uniform or flexible"),
        ({}, {"instances": 101}, "at most 100 in a single placement group"),
        ({}, {"max_price": 1}, "Spot machines alone"),
        ({}, {"mode": "flexible", "vtpm": True}, "Trusted launch is for uniform"),
        ({}, {"image": {"reference": HPC, "id": "/x"}}, "by its reference or by its id"),
        ({}, {"zones": ["4"]}, "Zones are 1, 2 and 3"),
    ],
)
def test_what_can_not_be_is_refused_before_anything_is_made(
    standing: Cluster, variables: dict[str, Any], scale_set: dict[str, Any], told: str
) -> None:
    standing.variables = {**first_variables(), **variables}
    standing.gets(**scale_set)
    assert told in standing.refused()


def test_the_machines_may_read_their_files_and_write_their_records_and_nothing_else(cluster: Cluster) -> None:
    from azure.core.credentials import AccessToken
    from azure.core.exceptions import HttpResponseError
    from azure.storage.blob import ContainerClient

    class SignedIn:
        def __init__(self, principal: str) -> None:
            claims = tokens.claims_of(tokens.token("https://storage.azure.com", TENANT, principal)) or {}
            self._claims = {**claims, "oid": principal}

        def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
            return AccessToken(tokens.jwt(self._claims), 2**31)

    def container(principal: str) -> ContainerClient:
        return ContainerClient(
            "https://statedemo.blob.core.windows.net", "terraform", credential=SignedIn(principal), retry_total=0
        )

    done = cluster.terraform("apply", "-auto-approve", "-target=module.identity")
    assert done.returncode == 0, done.stderr
    place = cluster.variables["state"]
    scope = f"{place['account_id']}/blobServices/default/containers/{place['container']}"
    roles = f"{scope}/providers/Microsoft.Authorization/roleAssignments"
    assert len(cluster.azure("GET", roles, "2022-04-01")["value"]) == 1
    made = cluster.azure("GET", OWN.replace("/mine", "/demo-id"), "2024-11-30")
    user, machine = container("somebody"), container(made["properties"]["principalId"])
    for name in ("files/1.tar.gz", "terraform/state/default.tfstate", "nodes/vm-2.json"):
        user.upload_blob(f"demo-deployment/{name}", b"x")
    user.upload_blob("other-deployment/files/1.tar.gz", b"x")
    for again in (b"starting", b"ready"):
        machine.upload_blob("demo-deployment/nodes/vm-1.json", again, overwrite=True, metadata={"status": "ready"})
    assert machine.download_blob("demo-deployment/files/1.tar.gz").readall() == b"x"
    refused = [
        lambda: machine.download_blob("demo-deployment/terraform/state/default.tfstate"),
        lambda: machine.download_blob("other-deployment/files/1.tar.gz"),
        lambda: machine.upload_blob("demo-deployment/files/1.tar.gz", b"y", overwrite=True),
        lambda: machine.delete_blob("demo-deployment/terraform/state/default.tfstate"),
        lambda: list(machine.list_blobs("demo-deployment/nodes/")),
    ]
    for tried in refused:
        with pytest.raises(HttpResponseError, match="AuthorizationPermissionMismatch"):
            tried()
    cluster.destroy()
    assert cluster.azure("GET", roles, "2022-04-01")["value"] == []


@pytest.mark.parametrize("mode", MODES)
def test_a_set_whose_machines_can_not_be_had_stays_in_the_state_and_is_mended_or_removed(
    guest: Cluster, mode: str
) -> None:
    in_mode(guest, mode)
    text = "Allocation failed. We do not have sufficient capacity for the requested VM size in this region."
    rule = {"match": {"method": "BOOT"}, "status": 409, "body": {"code": "AllocationFailed", "message": text}}
    scenario = guest.folder / "cloud" / "scenario.json"
    scenario.write_text(json.dumps({"rules": [rule]}))
    done = guest.terraform("apply", "-auto-approve")
    assert done.returncode == 1
    assert text in " ".join(done.stderr.replace("\u2502", " ").split())
    assert "virtual_machine_scale_set.this" in guest.terraform("state", "list").stdout
    if mode == "uniform":
        scenario.write_text("{}")
        guest.apply()
        assert len(guest.machines()) == 2
        guest.is_settled()
    is_gone_as_a_guest(guest)


@pytest.mark.parametrize("mode", MODES)
def test_a_cluster_whose_state_is_lost_is_taken_over_whole(guest: Cluster, mode: str) -> None:
    in_mode(guest, mode)
    guest.apply()
    before = guest.machines()
    shown = json.loads(guest.terraform("show", "-json").stdout)["values"]["root_module"]
    ids = {each["address"]: each["values"]["id"] for each in _resources(shown) if each["mode"] == "managed"}
    (guest.root / "terraform.tfstate").unlink()
    imports = "".join(f'import {{\n  to = {address}\n  id = "{known}"\n}}\n' for address, known in ids.items())
    (guest.root / "imports.tf").write_text(imports)
    guest.apply()
    (guest.root / "imports.tf").unlink()
    guest.is_settled()
    assert guest.machines() == before
    is_gone_as_a_guest(guest)


def _resources(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from _resources(child)
