"""What surrounds a Slurm cluster on Azure, as Terraform makes it: each piece comes, stays, changes, and goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.azure.modules import GROUPS, Cluster, led
from tests.integration.azure.slurm_variables import slurm_variables
from tests.integration.azure.tool import SUBSCRIPTION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GROUP = f"{GROUPS}/demo-rg/providers"
VAULTS = "2026-02-01"
VOLUME = f"{GROUP}/Microsoft.NetApp/netAppAccounts/demo-netapp/capacityPools/demo-pool/volumes/demo-shared"


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    with led(tmp_path, "slurm", slurm_variables()) as one:
        yield one


def test_a_cluster_with_files_of_its_own_is_made_and_grows_and_goes(cluster: Cluster) -> None:
    cluster.variables["netapp_files"] = {"size_tib": 4}
    assert cluster.apply()["netapp_volume_id"] == VOLUME
    cluster.is_settled()
    (target,) = cluster.azure("GET", VOLUME, "2026-01-01")["properties"]["mountTargets"]
    assert target["ipAddress"].startswith("10.0.18.")
    cluster.variables["netapp_files"] = {"size_tib": 6}
    cluster.apply()
    cluster.is_settled()
    assert cluster.azure("GET", VOLUME, "2026-01-01")["properties"]["usageThreshold"] == 6 * 2**40
    cluster.destroy()
    assert cluster.left() == []


def test_a_server_of_accounting_is_made_with_a_password_that_no_state_holds_and_goes(cluster: Cluster) -> None:
    cluster.variables["mysql"] = {"name": "demo-mysql-abc123", "administrator": "slurm"}
    told = cluster.apply()
    assert told["mysql_host"] == "demo-mysql-abc123.mysql.database.azure.com"
    assert "Aa1-" not in (cluster.root / "terraform.tfstate").read_text()
    cluster.is_settled()
    server = f"{GROUP}/Microsoft.DBforMySQL/flexibleServers/demo-mysql-abc123"
    values = {
        name: cluster.azure("GET", f"{server}/configurations/{name}", "2023-12-30")["properties"]["value"]
        for name in ("innodb_lock_wait_timeout", "require_secure_transport")
    }
    assert values == {"innodb_lock_wait_timeout": "900", "require_secure_transport": "ON"}
    cluster.destroy()
    assert cluster.left() == []


def test_a_vault_is_closed_and_comes_back_while_it_is_not_purged(cluster: Cluster) -> None:
    cluster.variables["key_vault"] = {"name": "demo-abc123"}
    vault = f"{GROUP}/Microsoft.KeyVault/vaults/demo-abc123"
    assert cluster.apply()["key_vault_id"] == vault
    cluster.is_settled()
    kept = cluster.azure("GET", vault, VAULTS)["properties"]
    assert (kept["publicNetworkAccess"], kept["enableRbacAuthorization"]) == ("Disabled", True)
    assert (kept["networkAcls"]["bypass"], kept["networkAcls"]["defaultAction"]) == ("None", "Deny")
    assert (kept["softDeleteRetentionInDays"], kept.get("enablePurgeProtection")) == (7, None)
    cluster.azure("PUT", f"{vault}/secrets/word", VAULTS, {"properties": {"value": "canary-4711"}})
    cluster.destroy()
    deleted = (
        f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.KeyVault/locations/westeurope/deletedVaults/demo-abc123"
    )
    assert cluster.left() == [deleted.lower()]
    cluster.apply()
    assert cluster.azure("GET", f"{vault}/secrets/word", VAULTS)["name"] == "word"
    cluster.is_settled()
    cluster.destroy()
    cluster.azure("POST", f"{deleted}/purge", VAULTS)
    assert cluster.left() == []
