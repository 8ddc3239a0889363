"""The scale set cluster's Terraform modules on the embedded Azure.

With PROVIDER_MIRROR set, by the provider that is there, else by its stand-in. "Apply, then Plan shows no changes"
is what proves that the embedded cloud gives back what Azure gives back.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.rehearsal import rehearse
from cluster_provision.rehearsal.azure import tokens
from cluster_provision.rehearsal.azure.login import TENANT
from cluster_provision.rehearsal.process import take_hold

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[2]
SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
GROUPS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups"
COMPUTE = "providers/Microsoft.Compute/virtualMachineScaleSets"
MODES = ("uniform", "flexible")
# Made for this test; nobody has the private half.
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOwlR9xtbM69hWLJbB5nHi0a65TuRvtaldgTJQ4ClL1W test"
HPC = {"publisher": "microsoft-dsvm", "offer": "ubuntu-hpc", "sku": "2204", "version": "latest"}
OWN = f"{GROUPS}/demo-rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/mine"
ODD_TAGS = {"cost center": 'R&D: <ü> 50% "quoted" ${x} %{y}', "Path:x": "a/b?c\\d", "empty": ""}
SIZES = {"uniform": "Standard_ND96isr_H100_v5", "flexible": "Standard_NC24ads_A100_v4"}


@dataclass
class Cluster:
    """The root module, initialised, in a cloud of its own; `variables` are what it is given next."""

    folder: Path
    root: Path
    variables: dict[str, Any] = field(default_factory=dict)

    def terraform(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        (self.root / "terraform.tfvars.json").write_text(json.dumps(self.variables))
        command = ["terraform", *arguments, "-no-color"]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, timeout=400, check=False)

    def gets(self, **scale_set: Any) -> None:
        """The scale set is to have this from now on."""
        self.variables["scale_set"] |= scale_set

    def apply(self) -> dict[str, Any]:
        """The outputs."""
        done = self.terraform("apply", "-auto-approve")
        assert done.returncode == 0, done.stderr
        told = json.loads(self.terraform("output", "-json").stdout)
        return {name: each["value"] for name, each in told.items()}

    def refused(self) -> str:
        """What Terraform says of what it does not even plan."""
        done = self.terraform("plan")
        assert done.returncode == 1, done.stdout
        return " ".join(done.stderr.replace("\u2502", " ").split())

    def is_settled(self) -> None:
        """A plan shows no changes."""
        again = self.terraform("plan", "-detailed-exitcode")
        assert again.returncode == 0, again.stdout + again.stderr

    def destroy(self) -> None:
        """Everything goes."""
        done = self.terraform("destroy", "-auto-approve")
        assert done.returncode == 0, done.stderr

    def left(self) -> list[str]:
        """The ids of all that the cloud has and had not before, in lower case."""
        found = take_hold(self.folder / "cloud").ask("GET", "/leftovers")["leftovers"]
        return sorted(each.removeprefix("//management.azure.com").lower() for each in found)

    def azure(self, verb: str, path: str, version: str, body: Any = None) -> dict[str, Any]:
        """Resource Manager's answer."""
        import requests

        signed = {"Authorization": f"Bearer {tokens.token('x', TENANT, 'c')}"}
        url = f"https://management.azure.com{path}?api-version={version}"
        asked = requests.request(verb, url, json=body, headers=signed, timeout=10)
        assert asked.ok, asked.text
        found: dict[str, Any] = asked.json() if asked.content else {}
        return found

    def machines(self) -> dict[str, str]:
        """The scale set's machines, the oldest first: name to the number that each is made with."""
        listed = self.azure("GET", f"{GROUPS}/demo-rg/{COMPUTE}/demo/virtualMachines", "2025-04-01")["value"]
        listed.sort(key=lambda each: each["properties"]["timeCreated"])
        return {each["name"]: each["properties"]["vmId"] for each in listed}

    def scale_set(self) -> dict[str, Any]:
        return self.azure("GET", f"{GROUPS}/demo-rg/{COMPUTE}/demo", "2025-04-01")

    def types(self) -> set[str]:
        """The types of all that the resource group lists."""
        listed = self.azure("GET", f"{GROUPS}/demo-rg/resources", "2023-07-01")["value"]
        return {each["type"].rpartition("/")[2] for each in listed}


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster of two machines to be, in a subscription with the storage account that the state lies in."""
    with _led(tmp_path) as one:
        yield one


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The same for tests that make nothing: they share one."""
    with _led(tmp_path_factory.mktemp("standing")) as one:
        yield one


@contextmanager
def _led(folder: Path) -> Iterator[Cluster]:
    shutil.copytree(PROJECT / "terraform", folder / "terraform", ignore=shutil.ignore_patterns(".terraform*"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CLOUD", "azure")
        patched.setenv("SUBSCRIPTION_ID", SUBSCRIPTION)
        patched.setenv("TERRAFORM_BLOB_PATH", "https://statedemo.blob.core.windows.net/terraform")
        with rehearse("plan", folder / "cloud", os.environ, lambda _: None):
            mirror = Path(os.environ["PROVIDER_MIRROR"])
            if not (mirror / "registry.terraform.io" / "hashicorp" / "azurerm").is_dir():
                pytest.skip("no provider for Azure is here")
            config = folder / "terraformrc"
            config.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n')
            patched.setenv("TF_CLI_CONFIG_FILE", str(config))
            made = Cluster(folder, folder / "terraform" / "azure" / "vmss", first_variables())
            done = made.terraform("init", "-input=false")
            assert done.returncode == 0, done.stderr
            yield made


def first_variables() -> dict[str, Any]:
    return {
        "subscription_id": SUBSCRIPTION,
        "location": "westeurope",
        "name_prefix": "demo",
        "tags": {"aiinfra-cluster": "abc123", "owner": "me"},
        "resource_group": {"name": "demo-rg", "create": True},
        "access": {"public": True, "allowed_cidrs": ["203.0.113.0/24"]},
        "scale_set": {
            "name": "demo",
            "mode": "uniform",
            "single_placement_group": True,
            "sku": SIZES["uniform"],
            "instances": 2,
            "computer_name_prefix": "vm-",
            "admin": "azureuser",
            "public_key": KEY,
            "os_disk_gb": 256,
            "image": {"reference": HPC},
        },
        "state": {
            "account_id": f"{GROUPS}/state-before/providers/Microsoft.Storage/storageAccounts/statedemo",
            "container": "terraform",
            "deployment": "demo-deployment",
        },
        "custom_data": base64.b64encode(b"#cloud-config\n").decode(),
    }


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


def test_ssh_is_open_from_the_given_ranges_alone_and_those_can_change(guest: Cluster) -> None:
    rule = f"{GROUPS}/demo-rg/providers/Microsoft.Network/networkSecurityGroups/demo-nsg/securityRules/ssh"
    for ranges in (["203.0.113.0/24"], ["198.51.100.7/32", "203.0.113.0/24"]):
        guest.variables["access"] = {"public": True, "allowed_cidrs": ranges}
        assert guest.terraform("apply", "-auto-approve", "-target=module.network").returncode == 0
        shown = guest.azure("GET", rule, "2025-01-01")["properties"]
        assert sorted(shown["sourceAddressPrefixes"]) == ranges
        assert (shown["destinationPortRange"], shown["access"]) == ("22", "Allow")
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
