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
        found: list[str] = take_hold(self.folder / "cloud").ask("GET", "/leftovers")["leftovers"]
        return found

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
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """A cluster of two machines to be, in a subscription with the storage account that the state lies in."""
    monkeypatch.setenv("CLOUD", "azure")
    monkeypatch.setenv("SUBSCRIPTION_ID", SUBSCRIPTION)
    monkeypatch.setenv("TERRAFORM_BLOB_PATH", "https://statedemo.blob.core.windows.net/terraform")
    shutil.copytree(PROJECT / "terraform", tmp_path / "terraform", ignore=shutil.ignore_patterns(".terraform*"))
    with rehearse("plan", tmp_path / "cloud", os.environ, lambda _: None):
        mirror = Path(os.environ["PROVIDER_MIRROR"])
        if not (mirror / "registry.terraform.io" / "hashicorp" / "azurerm").is_dir():
            pytest.skip("no provider for Azure is here")
        config = tmp_path / "terraformrc"
        config.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n')
        monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(config))
        made = Cluster(tmp_path, tmp_path / "terraform" / "azure" / "vmss", first_variables())
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
