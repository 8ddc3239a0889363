"""State on Azure: by Terraform's own backend and azure-storage-blob, on the embedded cloud."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from cluster_provision.clouds.azure.cloud import Azure
from cluster_provision.clouds.azure.credentials import find_credentials
from cluster_provision.clouds.azure.terraform import terraform_credentials
from cluster_provision.errors import PermissionDenied, StateStoreError, Unreachable
from cluster_provision.rehearsal.process import take_hold
from cluster_provision.state.azure.account import Place
from tests.integration.azure.state import OWN, module, store
from tests.integration.azure.tool import SUBSCRIPTION
from tests.integration.backends import one_gets_the_lock

if TYPE_CHECKING:
    from pathlib import Path


def test_group_account_and_container_are_made_safe_and_go_with_the_last_cluster(azure_folder: Path) -> None:
    ours = store()
    assert ours.exists() is False
    assert ours.prepare() is True
    assert store().prepare() is False
    cloud = Azure(find_credentials(os.environ), SUBSCRIPTION)
    account = cloud.account(OWN.group, OWN.account)
    assert account is not None
    settings = account["properties"]
    assert settings["minimumTlsVersion"] == "TLS1_2"
    assert settings["allowBlobPublicAccess"] is False
    assert settings["allowSharedKeyAccess"] is False
    service = cloud.get(f"{account['id']}/blobServices/default", "2025-08-01", "looking")["properties"]
    assert service["isVersioningEnabled"] is True
    assert service["deleteRetentionPolicy"] == {"allowPermanentDelete": False, "enabled": True, "days": 7}
    ours.claim("abc", "", settled=False)
    assert ours.delete_deployment() == ""
    assert cloud.group(OWN.group) is None


def test_an_account_that_a_killed_run_left_half_made_keeps_versions_too(azure_folder: Path) -> None:
    cloud = Azure(find_credentials(os.environ), SUBSCRIPTION)
    cloud.make_group(OWN.group, OWN.location, {})
    cloud.make_account(OWN.group, OWN.account, OWN.location, {}, keys=False)
    store().prepare()
    path = f"{cloud.account_id(OWN.group, OWN.account)}/blobServices/default"
    assert cloud.get(path, "2025-08-01", "looking")["properties"]["isVersioningEnabled"] is True


def test_an_account_that_other_clusters_use_stays(azure_folder: Path) -> None:
    ours = store()
    ours.prepare()
    other = store(deployment="other")
    other.claim("x", "", settled=False)
    ours.claim("abc", "", settled=False)
    assert "holds more" in ours.delete_deployment()
    assert other.facts().ours


def test_who_may_not_read_blobs_is_given_the_role_or_told_which_one(azure_folder: Path) -> None:
    (azure_folder / "conditions.json").write_text(
        json.dumps({"denied": ["Microsoft.Authorization/roleAssignments/write"]})
    )
    with pytest.raises(StateStoreError) as raised:
        store().prepare()
    assert "az role assignment create --role 'Storage Blob Data Owner'" in raised.value.advice
    (azure_folder / "conditions.json").write_text("{}")
    ours = store()
    ours.prepare()
    assert ours.has("nothing") is False


def test_a_container_of_the_users_is_used_and_left(azure_folder: Path) -> None:
    theirs = store(Place("theirs", "box", "dir"))
    assert theirs.exists()
    assert theirs.prepare() is False
    theirs.claim("abc", "", settled=False)
    assert theirs.uri == "https://theirs.blob.core.windows.net/box/dir/demo-deployment/terraform/state/default.tfstate"
    assert "deleted blobs, which the storage account keeps" in theirs.delete_deployment()
    assert theirs.exists()
    assert take_hold(azure_folder).ask("GET", "/leftovers")["empty"] is True


def test_a_container_that_is_not_there_is_named(azure_folder: Path) -> None:
    with pytest.raises(StateStoreError, match="TERRAFORM_BLOB_PATH"):
        store(Place("theirs", "nobox")).exists()


def test_an_account_that_is_not_there_is_unreachable(azure_folder: Path) -> None:
    with pytest.raises(Unreachable):
        store(Place("nowhere", "box")).exists()


def test_a_name_that_somebody_else_has_is_not_used(azure_folder: Path) -> None:
    taken = Place("theirs", "terraform", "", "aiinfra-terraform", "westeurope", own=True)
    with pytest.raises(StateStoreError, match="is taken"):
        store(taken).prepare()


def test_who_may_not_make_an_account_is_told_the_action(azure_folder: Path) -> None:
    (azure_folder / "conditions.json").write_text(json.dumps({"denied": ["Microsoft.Storage/storageAccounts/write"]}))
    with pytest.raises(PermissionDenied, match=r"Microsoft\.Storage/storageAccounts/write"):
        store().prepare()


def test_node_records_are_read_by_one_listing_of_metadata(azure_folder: Path) -> None:
    ours = store()
    ours.prepare()
    told = {"status": "ready", "step": "done", "instance_id": "7", "ray": "address", "ray_gpus": "8"}
    record = {"schema": 1, "node": "n1", "instance_id": "7", "status": "ready", "step": "done"}
    ours._blobs.upload_blob("demo-deployment/nodes/n1.json", json.dumps(record), metadata=told)
    ours.write("nodes/n2.json", "not a record")
    first, second = ours.node_summaries()
    assert (first.name, first.status, first.instance_id, first.ray_gpus) == ("n1", "ready", "7", 8)
    assert (second.name, second.status) == ("n2", "starting")
    found = ours.node_record("n1")
    assert found is not None
    assert found.status == "ready"
    assert ours.node_record("n2") is None
    ours.forget_nodes({"n1"})
    assert [each.name for each in ours.node_summaries()] == ["n1"]


def test_terraform_keeps_its_state_and_a_second_folder_finds_it(azure_folder: Path, tmp_path: Path) -> None:
    ours = store()
    ours.prepare()
    with terraform_credentials(find_credentials(os.environ), SUBSCRIPTION) as variables:
        first = module(tmp_path / "first", ours, variables)
        assert first.run("apply", "-auto-approve").returncode == 0
        second = module(tmp_path / "second", ours, variables)
        assert second.run("state", "list").stdout.strip() == "terraform_data.one"
        assert second.run("plan", "-detailed-exitcode").returncode == 0
    assert ours.facts().kinds == {"terraform_data"}


def test_of_six_applies_at_once_one_holds_the_lock_and_the_others_are_told_by_whom(
    azure_folder: Path, tmp_path: Path
) -> None:
    ours = store()
    ours.prepare()
    with terraform_credentials(find_credentials(os.environ), SUBSCRIPTION) as variables:
        modules = [module(tmp_path / str(number), ours, variables) for number in range(6)]
        told = one_gets_the_lock(modules, tmp_path / "go")
    assert len(told) == 5
    assert all("Error acquiring the state lock" in errors for errors in told)


def test_a_lock_that_was_left_is_told_of_and_cleared_by_its_lease(azure_folder: Path, tmp_path: Path) -> None:
    ours = store()
    ours.prepare()
    with terraform_credentials(find_credentials(os.environ), SUBSCRIPTION) as variables:
        made = module(tmp_path / "module", ours, variables)
        made.leaves_its_lock(tmp_path / "go")
        held = ours.lock()
        assert held is not None
        assert held.operation == "Apply"
        assert "@" in held.holder
        assert "--blob-name demo-deployment/terraform/state/default.tfstate" in held.clear
        assert ours.facts().resources == 0
        assert made.run("plan").returncode == 1
        from azure.storage.blob import BlobLeaseClient

        # What `held.clear` does.
        BlobLeaseClient(ours._blobs.get_blob_client(ours._key)).break_lease()
        assert ours.lock() is None
        assert made.run("apply", "-auto-approve").returncode == 0
    assert ours.lock() is None


def test_keys_are_used_only_where_they_are_asked_for(azure_folder: Path, tmp_path: Path) -> None:
    ours = store(keys=True)
    ours.prepare()
    assert "use_azuread_auth" not in ours.backend()[1]
    with terraform_credentials(find_credentials(os.environ), SUBSCRIPTION) as variables:
        assert module(tmp_path / "m", ours, variables).run("apply", "-auto-approve").returncode == 0
    assert ours.facts().resources == 1


def test_an_account_without_keys_refuses_one(azure_folder: Path) -> None:
    store().prepare()
    with pytest.raises(StateStoreError, match=r"KeyBasedAuthenticationNotPermitted|Key based authentication"):
        store(keys=True).has("anything")
