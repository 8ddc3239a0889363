"""A network, a load balancer and scale sets of both modes on the embedded Azure.

With PROVIDER_MIRROR set, by the provider that is there, else by the stand-in. "Apply, then Plan shows no changes" with
the real provider is what proves that the embedded cloud gives back what Azure gives back.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.rehearsal import rehearse
from cluster_provision.rehearsal.process import take_hold

if TYPE_CHECKING:
    from collections.abc import Iterator

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
# Made for this test; nobody has the private half.
KEY = (
    "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDTYk/7nfgAmgo/94K6iAXqE/WcZRMSpTq/wNMvTQtB39PvQEvoSzAEVZ2uZY7L"
    "+PKdamqviLMdyk4qgiuMO87AilAvor0hZ7M7eXquZg6Bx6b7BL73QjlqKzOZqV69VteY/rXPuDRVP1wOQISShlaW/VZNmqK91uQJ"
    "mIadWQKFtHBTsDrIAHENpZDCd5PkpRojQKmxWgu5nDtPXgtj1A2ZUbrP/Ai8MBXcM2XRR8ydbT8nuBhGanlubUiAKdtsEfiIbKLl"
    "hejbUTNBUCbJWjDaB3zgY1L540VPUdlCkrA6sZHG3C43OLaGc7k2CurVULjUmM6G7Bv8Cv+wIXfAI3MZ test"
)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The module in a rehearsal of its own, initialised."""
    monkeypatch.setenv("CLOUD", "azure")
    monkeypatch.setenv("SUBSCRIPTION_ID", SUBSCRIPTION)
    folder = tmp_path / "module"
    shutil.copytree(Path(__file__).parent / "azure", folder)
    config = tmp_path / "terraformrc"
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(config))
    with rehearse("plan", tmp_path / "cloud", os.environ, lambda _: None):
        mirror = os.environ["PROVIDER_MIRROR"]
        config.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n')
        monkeypatch.setenv("ARM_SUBSCRIPTION_ID", SUBSCRIPTION)
        monkeypatch.setenv("TF_VAR_public_key", KEY)
        assert terraform(folder, "init", "-input=false").returncode == 0
        yield folder


def terraform(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["terraform", *arguments, "-no-color"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=400, check=False)


def leftovers(root: Path) -> Any:
    return take_hold(root.parent / "cloud").ask("GET", "/leftovers")["leftovers"]


def test_a_cluster_is_made_shows_no_changes_grows_and_goes_without_a_trace(root: Path) -> None:
    done = terraform(root, "apply", "-auto-approve")
    assert done.returncode == 0, done.stderr
    told = json.loads(terraform(root, "output", "-json").stdout)
    for mode in ("uniform", "flexible"):
        machines = told[mode]["value"]
        assert len(machines) == 2
        assert all(each["power_state"] == "running" and each["private_ip_address"] for each in machines)
    assert [each["computer_name"] for each in told["uniform"]["value"]] == ["vm-000000", "vm-000001"]
    again = terraform(root, "plan", "-detailed-exitcode")
    assert again.returncode == 0, again.stdout + again.stderr
    assert terraform(root, "apply", "-auto-approve", "-var=size=3").returncode == 0
    assert terraform(root, "plan", "-detailed-exitcode", "-var=size=3").returncode == 0
    done = terraform(root, "destroy", "-auto-approve", "-var=size=3")
    assert done.returncode == 0, done.stderr
    assert leftovers(root) == []


def test_a_scale_set_that_can_not_be_had_is_terraforms_error_and_stays_in_the_state(root: Path) -> None:
    text = "Allocation failed. We do not have sufficient capacity for the requested VM size in this region."
    rule = {"match": {"method": "BOOT"}, "status": 409, "body": {"code": "AllocationFailed", "message": text}}
    (root.parent / "cloud" / "scenario.json").write_text(json.dumps({"rules": [rule]}))
    target = "-target=azurerm_linux_virtual_machine_scale_set.u"
    done = terraform(root, "apply", "-auto-approve", target)
    assert done.returncode == 1
    told = " ".join(done.stderr.replace("\u2502", " ").split())
    assert "AllocationFailed" in told
    assert text in told
    assert "azurerm_linux_virtual_machine_scale_set.u" in terraform(root, "state", "list").stdout
    (root.parent / "cloud" / "scenario.json").write_text("{}")
    assert terraform(root, "apply", "-auto-approve", target).returncode == 0
    assert terraform(root, "destroy", "-auto-approve").returncode == 0
    assert leftovers(root) == []


def test_a_lock_on_the_group_is_terraforms_error_at_destroy(root: Path) -> None:
    import requests

    from cluster_provision.rehearsal.azure import tokens
    from cluster_provision.rehearsal.azure.login import TENANT

    target = "-target=azurerm_public_ip.lb"
    assert terraform(root, "apply", "-auto-approve", target).returncode == 0
    group = f"https://management.azure.com/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-a"
    lock = f"{group}/providers/Microsoft.Authorization/locks/keep?api-version=2020-05-01"
    signed = {"Authorization": f"Bearer {tokens.token('x', TENANT, 'c')}"}
    body = {"properties": {"level": "CanNotDelete"}}
    assert requests.put(lock, json=body, headers=signed, timeout=5).status_code == 201
    done = terraform(root, "destroy", "-auto-approve")
    assert done.returncode == 1
    assert "ScopeLocked" in done.stderr
    assert requests.delete(lock, headers=signed, timeout=5).status_code == 200
    assert terraform(root, "destroy", "-auto-approve").returncode == 0


def test_what_the_state_has_forgotten_is_taken_over_by_its_id(root: Path) -> None:
    target = ["-target=azurerm_linux_virtual_machine_scale_set.u", "-target=azurerm_subnet_nat_gateway_association.g"]
    target += ["-target=azurerm_nat_gateway_public_ip_association.g", "-target=azurerm_role_assignment.r"]
    assert terraform(root, "apply", "-auto-approve", *target).returncode == 0
    told = json.loads(terraform(root, "show", "-json").stdout)["values"]["root_module"]["resources"]
    held = {each["address"]: each["values"]["id"] for each in told}
    refused = terraform(root, "import", "azurerm_nat_gateway.g", held["azurerm_public_ip.nat"])
    assert refused.returncode == 1
    (root / "terraform.tfstate").unlink()
    (root / "imports.tf").write_text(
        "".join(f'import {{\n  to = {address}\n  id = "{own}"\n}}\n' for address, own in held.items())
    )
    planned = terraform(root, "plan", "-out=plan", *target)
    assert planned.returncode == 0, planned.stderr
    changes = json.loads(terraform(root, "show", "-json", "plan").stdout)["resource_changes"]
    assert {each["address"] for each in changes if each["change"].get("importing")} == set(held)
    changed = {each["address"] for each in changes if each["change"]["actions"] != ["no-op"]}
    # Azure never tells the text for cloud-init: it is sent once more.
    assert changed == {"azurerm_linux_virtual_machine_scale_set.u"}
    assert terraform(root, "apply", "-auto-approve", *target).returncode == 0
    assert terraform(root, "plan", "-detailed-exitcode", *target).returncode == 0
    assert terraform(root, "destroy", "-auto-approve").returncode == 0
    assert leftovers(root) == []


def test_a_resource_that_is_there_already_is_terraforms_error(root: Path) -> None:
    target = "-target=azurerm_resource_group.rg"
    assert terraform(root, "apply", "-auto-approve", target).returncode == 0
    (root / "terraform.tfstate").unlink()
    done = terraform(root, "apply", "-auto-approve", target)
    assert done.returncode == 1
    told = " ".join(done.stderr.replace("\u2502", " ").split())
    assert "already exists - to be managed via Terraform this resource needs to be imported into the State." in told
