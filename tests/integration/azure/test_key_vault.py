"""KEY_VAULT=yes: the cluster's secrets lie in a closed vault, and nowhere else; Destroy purges it, or says so."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import requests

from embedded_cloud.azure import tokens
from embedded_cloud.azure.login import TENANT
from tests.integration.azure.slurm import ROLE, on_the_example
from tests.integration.azure.tool import GROUP, SUBSCRIPTION, secrets_in

if TYPE_CHECKING:
    from tests.integration.azure.tool import AzureTool

VERSION = "2026-02-01"
PURGE = "Microsoft.KeyVault/locations/deletedVaults/purge/action"


@pytest.fixture
def slurm(azure: AzureTool) -> AzureTool:
    """The tool on examples/azure-slurm.list, with a vault."""
    return on_the_example(azure, KEY_VAULT="yes", ACCOUNTING="local")


def vault_in(azure: AzureTool) -> str:
    (found,) = azure.arm("GET", f"{GROUP}/providers/Microsoft.KeyVault/vaults", version=VERSION)["value"]
    return str(found["id"])


def read(vault: str, secret: str) -> requests.Response:
    """What the vault's own host answers to somebody who may read."""
    signed = {"Authorization": f"Bearer {tokens.token('https://vault.azure.net', TENANT, 'somebody')}"}
    place = f"https://{vault.rpartition('/')[2]}.vault.azure.net/secrets/{secret}?api-version=7.4"
    return requests.get(place, headers=signed, timeout=10)


def test_secrets_lie_in_the_vault_alone_and_come_back_with_it_where_it_may_not_be_purged(slurm: AzureTool) -> None:
    role = json.loads(ROLE.read_text())["Actions"]
    slurm.has(role=[each for each in role if each != PURGE])
    slurm.result("Create")
    assert slurm.no_changes()
    vault, private = vault_in(slurm), slurm.key_file.read_text()
    refused = read(vault, "ssh-private-key")
    assert (refused.status_code, refused.json()["error"]["innererror"]["code"]) == (403, "ForbiddenByConnection")
    checks = {each["name"]: each for each in slurm.result("Status")["checks"]}
    assert checks["key vault"]["status"] == "ok"
    assert checks["key vault"]["detail"].endswith(
        " keeps munge-key, database-password, ssh-private-key, ssh-public-key"
    )
    slurm.arm("PATCH", vault, {"properties": {"publicNetworkAccess": "Enabled"}}, VERSION)
    assert read(vault, "ssh-private-key").json()["value"] == private
    cloud = "store.sqlite"  # where the embedded cloud keeps the vault itself
    assert [each for each in secrets_in(slurm, private) if not each.name.startswith(cloud)] == [slurm.key_file]
    first = read(vault, "ssh-private-key").json()["id"]
    slurm.result("Create")  # closes it, and puts nothing in anew
    assert read(vault, "ssh-private-key").status_code == 403
    ended = slurm.run("Destroy")
    assert ended.returncode == 0, ended.stderr
    name = vault.rpartition("/")[2]
    by_hand = f"az keyvault purge --name {name} --location {slurm.settings['LOCATION']} --subscription {SUBSCRIPTION}"
    told = " ".join((ended.stdout + ended.stderr).split())
    assert told.count(f"vault {name} is deleted, and could not be purged") == 1
    assert by_hand in told
    slurm.result("Create")
    slurm.arm("PATCH", vault, {"properties": {"publicNetworkAccess": "Enabled"}}, VERSION)
    assert read(vault, "ssh-private-key").json()["id"] == first
    slurm.has(role=role)
    slurm.nothing_is_left_after_destroy()


def test_a_pair_of_ones_own_is_not_put_there_and_what_is_not_there_is_said(slurm: AzureTool) -> None:
    key = slurm.folder / "own.pub"
    key.write_text("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOwlR9xtbM69hWLJbB5nHi0a65TuRvtaldgTJQ4ClL1W test\n")
    slurm.result("Create", SSH_PATH=str(key))
    told = {each["name"]: each["detail"] for each in slurm.result("Status", SSH_PATH=str(key))["checks"]}
    assert told["key vault"].endswith(" keeps munge-key, database-password")
    slurm.arm("DELETE", vault_in(slurm), version=VERSION)
    status = slurm.run("Status", SSH_PATH=str(key))
    assert status.returncode != 0
    assert "lacks database-password, munge-key" in " ".join(status.stdout.split())
    slurm.nothing_is_left_after_destroy(SSH_PATH=str(key))
