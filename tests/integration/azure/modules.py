"""A root module of clusters on Azure, in a cloud of its own, and Terraform on it.

With PROVIDER_MIRROR set, by the provider that is there, else by its stand-in.
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
from cluster_provision.rehearsal.process import take_hold
from tests.integration.azure.tool import SUBSCRIPTION, arm
from tests.integration.conftest import stem

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[3]
GROUPS = f"/subscriptions/{SUBSCRIPTION}/resourceGroups"
COMPUTE = "providers/Microsoft.Compute/virtualMachineScaleSets"
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
        """The ids of all that the cloud has and had not before, in lower case."""
        found = take_hold(self.folder / "cloud").ask("GET", "/leftovers")["leftovers"]
        return sorted(each.removeprefix("//management.azure.com").lower() for each in found)

    def azure(self, verb: str, path: str, version: str, body: Any = None) -> dict[str, Any]:
        """Resource Manager's answer."""
        found: dict[str, Any] = arm(verb, path, body, version)
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


@contextmanager
def led(folder: Path, module: str = "vmss", variables: dict[str, Any] | None = None) -> Iterator[Cluster]:
    """A cluster to be, of two machines where no variables are given, in a subscription with the storage account that
    the state lies in."""
    shutil.copytree(PROJECT / "terraform", folder / "terraform", ignore=shutil.ignore_patterns(".terraform*"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CLOUD", "azure")
        patched.setenv("SUBSCRIPTION_ID", SUBSCRIPTION)
        patched.setenv("TERRAFORM_BLOB_PATH", "https://statedemo.blob.core.windows.net/terraform")
        stem().provide(folder / "cloud" / "providers")
        with rehearse("plan", folder / "cloud", os.environ, lambda _: None):
            mirror = os.environ["PROVIDER_MIRROR"]
            config = folder / "terraformrc"
            config.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n')
            patched.setenv("TF_CLI_CONFIG_FILE", str(config))
            made = Cluster(folder, folder / "terraform" / "azure" / module, variables or first_variables())
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
