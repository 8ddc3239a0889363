"""What a rehearsal sets and puts back, what an env file names, what goes wrong on purpose."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cluster_provision.errors import MachineError
from cluster_provision.rehearsal import rehearse
from cluster_provision.rehearsal.environment import UNSET, prepared
from cluster_provision.rehearsal.existing_resources import is_own_image, named
from cluster_provision.rehearsal.process import take_hold
from cluster_provision.rehearsal.providers import REGISTRY, provide_providers
from cluster_provision.rehearsal.session import default_folder
from cluster_provision.terraform.environment import Providers
from embedded_cloud.azure.storage import azurite_process
from embedded_cloud.scenario import Scenario
from tests.unit.embedded_cloud.asked_cloud import STORAGE
from tests.unit.embedded_cloud.azure_kit import GROUP, SUBSCRIPTION

if TYPE_CHECKING:
    from tests.unit.embedded_cloud.asked_cloud import Asked


def test_every_variable_is_again_what_it_was() -> None:
    environ = {"PATH": "/bin", "HTTPS_PROXY": "http://real:1", "GOOGLE_OAUTH_ACCESS_TOKEN": "secret"}
    before = dict(environ)
    with prepared(environ, "http://127.0.0.1:5", Path("/ca"), Path("/made/up.json")):
        assert environ["HTTPS_PROXY"] == environ["http_proxy"] == "http://127.0.0.1:5"
        assert environ["SSL_CERT_FILE"] == environ["REQUESTS_CA_BUNDLE"] == "/ca"
        environ["ADDED_INSIDE"] = "x"
    assert environ == before


@pytest.fixture
def read_only_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setattr(os, "access", lambda path, _: not Path(path).is_relative_to(home))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return home


def test_the_cloud_is_kept_in_the_users_cache(tmp_path: Path) -> None:
    assert default_folder({"HOME": str(tmp_path)}) == tmp_path / ".cache/cluster-provision/rehearsal"


def test_who_cannot_write_a_cache_has_the_cloud_among_the_temporary_files(read_only_home: Path, tmp_path: Path) -> None:
    folder = default_folder({"HOME": str(read_only_home)})
    own = tmp_path / f"cluster-provision-{os.getuid()}"
    assert (folder, own.stat().st_mode & 0o777) == (own / "cluster-provision/rehearsal", 0o700)


def test_a_temporary_folder_that_leads_elsewhere_is_not_used(read_only_home: Path, tmp_path: Path) -> None:
    (tmp_path / f"cluster-provision-{os.getuid()}").symlink_to(read_only_home)
    with pytest.raises(MachineError, match="is another user's"):
        default_folder({"HOME": str(read_only_home)})


def test_nothing_of_the_users_own_credentials_is_left() -> None:
    environ = dict.fromkeys(UNSET, "real") | {"GOOGLE_APPLICATION_CREDENTIALS": "/real.json", "NO_PROXY": "*"}
    with prepared(environ, "http://127.0.0.1:5", Path("/ca"), Path("/made/up.json")):
        assert "real" not in environ.values()
        assert environ["GOOGLE_APPLICATION_CREDENTIALS"] == "/made/up.json"
        assert "*" not in environ["NO_PROXY"]
        assert environ["GCE_METADATA_HOST"] == "127.0.0.1:5"


@pytest.mark.parametrize("name", ["ARM_SUBSCRIPTION_ID", "AZURE_SUBSCRIPTION_ID"])
def test_a_subscription_under_another_name_is_still_a_setting(name: str) -> None:
    environ = {name: SUBSCRIPTION, "ARM_CLIENT_CERTIFICATE": "real"}
    with prepared(environ, "http://127.0.0.1:5", Path("/ca"), Path("/made/up.json")):
        assert environ[name] == SUBSCRIPTION
        assert "real" not in environ.values()


def test_without_azurite_a_rehearsal_on_azure_does_not_begin(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(azurite_process, "FOLDERS", (tmp_path / "none",))
    with pytest.raises(MachineError, match="no Azurite") as raised:
        rehearse("plan", tmp_path / "cloud", {"CLOUD": "azure"}, print)
    assert "scripts/azurite.sh" in raised.value.advice
    assert not (tmp_path / "cloud").exists()


def test_variables_are_put_back_after_a_failure_too() -> None:
    environ = {"PATH": "/bin"}
    with pytest.raises(KeyError), prepared(environ, "http://127.0.0.1:5", Path("/ca"), Path("/c")):
        raise KeyError
    assert environ == {"PATH": "/bin"}


@pytest.mark.parametrize(
    ("environ", "buckets"),
    [
        (
            {"TERRAFORM_GCS_PATH": "gs://state-b/dir", "GCS_MOUNT_LIST": "data-b:/mnt/a, other:/b,,"},
            ["state-b", "data-b", "other"],
        ),
        ({"TERRAFORM_GCS_PATH": "state-b", "GCS_MOUNT_LIST": ""}, []),
        ({"GCS_MOUNT_LIST": "data-b:/a,data-b:/b"}, ["data-b"]),
        ({}, []),
    ],
)
def test_the_buckets_that_an_env_file_names_are_known(environ: dict[str, str], buckets: list[str]) -> None:
    assert named(environ)["buckets"] == buckets


BLOBS = {"account": "mystate", "container": "terraform"}
OWN_IMAGE = f"{GROUP}/providers/Microsoft.Compute/images/slurm-nodes"
NODES = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/nodes"


@pytest.mark.parametrize("subscription", ["SUBSCRIPTION_ID", "ARM_SUBSCRIPTION_ID", "AZURE_SUBSCRIPTION_ID"])
def test_what_an_env_file_of_azures_names_is_known_as_its_settings_read_it(subscription: str) -> None:
    environ = {
        "CLOUD": "Azure",
        subscription: SUBSCRIPTION,
        "TERRAFORM_BLOB_PATH": "https://mystate.blob.core.windows.net/terraform/clusters/",
        "NODE_IDENTITY": NODES.replace("resourceGroups", "resourcegroups"),
        "IMAGE": OWN_IMAGE,
    }
    assert named(environ) == {
        "subscription": SUBSCRIPTION,
        "blobs": BLOBS,
        "identity": NODES,
        "image": OWN_IMAGE,
        "subscription_name": "",
    }


def test_what_can_not_be_read_names_nothing() -> None:
    environ = {"CLOUD": "azure", "TERRAFORM_BLOB_PATH": "gs://b", "NODE_IDENTITY": "nodes"}
    assert named(environ) == {"subscription": "", "blobs": {}, "identity": "", "image": "", "subscription_name": ""}


@pytest.mark.parametrize(
    ("environ", "own"),
    [
        ({"CLOUD": "azure", "IMAGE": OWN_IMAGE}, True),
        ({"CLOUD": "azure", "IMAGE": "Debian:debian-12:12-gen2:latest"}, False),
        ({"CLOUD": "azure"}, False),
        ({"IMAGE_PROJECT": "my-project"}, True),
        ({"IMAGE_PROJECT": "debian-cloud"}, False),
        ({}, False),
    ],
)
def test_an_image_is_the_users_own_by_its_project_or_by_its_id(environ: dict[str, str], *, own: bool) -> None:
    assert is_own_image(environ) is own


def test_the_subscription_that_a_config_yaml_names_is_known_by_its_name(tmp_path: Path) -> None:
    given = tmp_path / "config.yaml"
    given.write_text("subscription_name: AI research\nregion: eastus\n")
    assert named({"CLOUD": "azure", "CONFIG_FILE": str(given)})["subscription_name"] == "AI research"


def test_named_buckets_are_there_and_never_left_over(asked: Asked) -> None:
    body = {"project": "p-123456", "buckets": ["state-b", "Not A Bucket"]}
    asked.json("POST", "rehearsal.internal", "/expect", body)
    asked.json("POST", "rehearsal.internal", "/expect", body)
    assert asked.json("GET", STORAGE, "/storage/v1/b/state-b")["name"] == "state-b"
    assert asked.json("GET", "rehearsal.internal", "/leftovers")["leftovers"] == []
    asked.upload("state-b", "o", b"x")
    left = asked.json("GET", "rehearsal.internal", "/leftovers")
    assert (left["empty"], [each.rpartition("/")[2] for each in left["leftovers"]]) == (False, ["o"])


def test_a_rule_lets_some_pass_then_answers_so_often(tmp_path: Path) -> None:
    rule = {"match": {"method": "GET", "path": "x"}, "skip": 1, "times": 2, "status": 429, "body": {"e": 1}}
    (tmp_path / "s.json").write_text(json.dumps({"rules": [rule]}))
    scenario = Scenario(tmp_path / "s.json")
    assert scenario.apply("POST", "h", "/x") is None
    got = [scenario.apply("GET", "h", "/x") for _ in range(4)]
    assert [answer.status if answer else None for answer in got] == [None, 429, 429, None]


def test_an_answer_that_is_lost_was_for_something_done(asked: Asked, tmp_path: Path) -> None:
    rule = {"match": {"method": "POST", "path": "/storage/v1/b"}, "times": 1, "status": 0, "after": True}
    (asked.folder / "scenario.json").write_text(json.dumps({"rules": [rule]}))
    assert asked.ask("POST", STORAGE, "/storage/v1/b?project=p-123456", {"name": "mine"}).status == 0
    assert asked.json("GET", STORAGE, "/storage/v1/b/mine")["name"] == "mine"


def test_rules_are_read_again_when_their_file_changes(tmp_path: Path) -> None:
    file = tmp_path / "s.json"
    scenario = Scenario(file)
    assert scenario.apply("GET", "h", "/") is None
    file.write_text('{"rules": [{"status": 500}]}')
    assert scenario.apply("GET", "h", "/") is not None
    file.write_text('{"rules": [{"status":')
    assert scenario.apply("GET", "h", "/") is not None
    file.unlink()
    assert scenario.apply("GET", "h", "/") is None


def test_a_folder_that_can_not_be_made_is_this_machines_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(MachineError, match="can't write to") as refused:
        take_hold(tmp_path / "file" / "folder")
    assert "REHEARSE_DIR" in refused.value.advice


def test_a_stand_in_that_has_no_room_is_this_machines_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cluster_provision.rehearsal.providers.providers_from", lambda _: Providers(None, locked=True))
    (tmp_path / "providers").write_text("a file stands where the folder would be")
    with pytest.raises(MachineError, match="can't write to"):
        provide_providers({}, tmp_path)


@pytest.mark.parametrize(("cloud", "provider"), [("", "google"), ("gcp", "google"), ("Azure", "azurerm")])
def test_each_cloud_gets_its_own_provider(
    cloud: str, provider: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    held = tmp_path / "image" / REGISTRY
    (held / "google").mkdir(parents=True)
    environ = {"CLOUD": cloud}
    image = Providers(tmp_path / "image", locked=True)
    for found in (Providers(None, locked=True), image):
        monkeypatch.setattr("cluster_provision.rehearsal.providers.providers_from", lambda _, found=found: found)
        environ.pop("PROVIDER_MIRROR", None)
        provide_providers(environ, tmp_path)
        mirror = environ.get("PROVIDER_MIRROR")
        if found is image and provider == "google":
            assert mirror is None  # the image's own is taken
        else:
            assert mirror is not None
            assert [each.name for each in (Path(mirror) / REGISTRY).iterdir()] == [provider]


def test_a_defect_is_told_as_one_and_not_as_a_network_that_fails(asked: Asked) -> None:
    asked.bucket("b1x")
    made = json.loads(asked.upload("b1x", "o", b"x").body)
    (asked.folder / "objects" / made["generation"]).unlink()
    assert (
        "is gone" in json.loads(asked.ask("GET", STORAGE, "/storage/v1/b/b1x/o/o?alt=media").body)["error"]["message"]
    )
