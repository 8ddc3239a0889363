"""Terraform, the stand-in and the embedded cloud: the module for VMs is made, changed, found changed, and destroyed."""

from __future__ import annotations

import json
import os
import shutil
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from embedded_cloud.standin import install

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
START_SECONDS = 30
PROJECT = "projects/p-123456"
COMPUTE = f"compute.googleapis.com/compute/v1/{PROJECT}"
COLLECTIONS = {
    "groups": f"{COMPUTE}/zones/us-central1-a/instanceGroupManagers",
    "templates": f"{COMPUTE}/global/instanceTemplates",
    "networks": f"{COMPUTE}/global/networks",
    "subnetworks": f"{COMPUTE}/regions/us-central1/subnetworks",
    "firewalls": f"{COMPUTE}/global/firewalls",
    "routers": f"{COMPUTE}/regions/us-central1/routers",
    "accounts": f"iam.googleapis.com/v1/{PROJECT}/serviceAccounts",
    "file servers": f"file.googleapis.com/v1/{PROJECT}/locations/-/instances",
}
VARIABLES = {
    "project_id": "p-123456",
    "region": "us-central1",
    "zone": "us-central1-a",
    "name_prefix": "abc",
    "labels": {"aiinfra-cluster": "abc-1", "team": "a"},
    "machine_type": "a2-highgpu-2g",
    "accelerator_type": "nvidia-tesla-a100",
    "accelerator_count": 2,
    "image": "projects/ml-images/global/images/family/pytorch",
    "disk_size_gb": 200,
    "disk_type": "pd-ssd",
    "instance_count": 2,
    "network_config": "new_network",
    "state_bucket": "standin-state",
    "deployment": "abc-deployment",
    "mount_buckets": ["standin-data"],
    "file_shares": [
        {"path": "/mnt/a", "tier": "BASIC_HDD", "size_gb": 1024},
        {"path": "/mnt/b", "tier": "BASIC_HDD", "size_gb": 1024},
        {"path": "/mnt/c", "tier": "ENTERPRISE", "size_gb": 1024},
    ],
    "node_config": '{"schema":1}',
    "metadata": {"colour": "blue"},
}


class Cloud:
    """The embedded cloud's door, asked directly."""

    def __init__(self, folder: Path) -> None:
        told = json.loads((folder / "cloud.json").read_text())
        self.variables = {
            "HTTPS_PROXY": f"http://127.0.0.1:{told['port']}",
            "HTTP_PROXY": f"http://127.0.0.1:{told['port']}",
            "SSL_CERT_FILE": str(told["ca"]),
            "GOOGLE_APPLICATION_CREDENTIALS": str(told["credentials"]),
            "NO_GCE_CHECK": "true",
            "NO_PROXY": "",
        }
        proxy = urllib.request.ProxyHandler({"https": self.variables["HTTPS_PROXY"]})
        tls = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=told["ca"]))
        self._opener = urllib.request.build_opener(proxy, tls)

    def ask(self, verb: str, url: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        headers = {"Authorization": "Bearer t", "Content-Type": "application/json"}
        sent = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"https://{url}", sent, headers, method=verb)
        with self._opener.open(request, timeout=20) as answer:
            return dict(json.loads(answer.read() or b"{}"))

    def names(self, kind: str) -> set[str]:
        """The cluster's own; a project has others of Google's."""
        answer = self.ask("GET", COLLECTIONS[kind])
        found = answer.get("items") or answer.get("accounts") or answer.get("instances") or []
        names = {each["name"].rpartition("/")[2] for each in found}
        return {name for name in names if name.startswith("abc-")}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    folder = tmp_path_factory.mktemp("cloud")
    command = [sys.executable, "-m", "embedded_cloud.cloud", "--folder", str(folder)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        try:
            deadline = time.monotonic() + START_SECONDS
            while not (folder / "cloud.json").exists():
                assert process.poll() is None, "the embedded cloud did not start"
                assert time.monotonic() < deadline, f"the embedded cloud is not up within {START_SECONDS} s"
                time.sleep(0.01)
            yield Cloud(folder)
        finally:
            process.terminate()


class Module:
    """A copy of the module for VMs, with its own state."""

    def __init__(self, folder: Path, cloud: Cloud, mirror: Path) -> None:
        for part in ("terraform", "node"):
            # The lock file that lies there is for the registry's packages.
            shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*"))
        self.folder = folder / "terraform" / "gcp" / "vms"
        (folder / "terraformrc").write_text(f'provider_installation {{ filesystem_mirror {{ path = "{mirror}" }} }}\n')
        clean = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        self._environ = {**clean, **cloud.variables, "TF_CLI_CONFIG_FILE": str(folder / "terraformrc")}
        self.set()
        ran = self.run("init", "-input=false")
        assert ran.returncode == 0, ran.stderr

    def set(self, **changed: Any) -> None:
        (self.folder / "cluster.auto.tfvars.json").write_text(json.dumps({**VARIABLES, **changed}))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["terraform", *arguments, "-no-color"]
        return subprocess.run(
            command, cwd=self.folder, env=self._environ, capture_output=True, text=True, timeout=120, check=False
        )

    def apply(self) -> str:
        ran = self.run("apply", "-auto-approve", "-input=false")
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def planned(self) -> dict[str, list[str]]:
        """The actions on each address that would change; empty where the plan says that nothing does."""
        ran = self.run("plan", "-input=false", "-detailed-exitcode", "-out=plan")
        assert ran.returncode in (0, 2), ran.stderr
        shown = json.loads(self.run("show", "-json", "plan").stdout)
        found = {each["address"]: each["change"]["actions"] for each in shown["resource_changes"]}
        changing = {address: actions for address, actions in found.items() if actions not in (["no-op"], ["read"])}
        assert bool(changing) == (ran.returncode == 2)
        return changing


@pytest.fixture(scope="module")
def mirror(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(tmp_path_factory.mktemp("standin"), "google")


@pytest.fixture
def module(tmp_path: Path, cloud: Cloud, mirror: Path) -> Iterator[Module]:
    for bucket in ("standin-state", "standin-data"):
        try:
            cloud.ask("POST", "storage.googleapis.com/storage/v1/b?project=p-123456", {"name": bucket})
        except urllib.error.HTTPError as refused:
            assert refused.code == 409
    made = Module(tmp_path, cloud, mirror)
    yield made
    made.run("destroy", "-auto-approve", "-input=false")


def test_a_cluster_is_made_kept_and_destroyed_without_a_trace(module: Module, cloud: Cloud) -> None:
    module.apply()
    assert cloud.names("groups") == {"abc-mig"}
    assert module.planned() == {}
    ran = module.run("destroy", "-auto-approve", "-input=false")
    assert ran.returncode == 0, ran.stderr
    assert {kind: names for kind in COLLECTIONS if (names := cloud.names(kind))} == {}
    for bucket in ("standin-state", "standin-data"):
        policy = cloud.ask("GET", f"storage.googleapis.com/storage/v1/b/{bucket}/iam?optionsRequestedPolicyVersion=3")
        assert "abc-nodes" not in json.dumps(policy)


def test_size_and_labels_change_in_place_and_by_a_new_template(module: Module, cloud: Cloud) -> None:
    module.apply()
    (before,) = cloud.names("templates")
    module.set(instance_count=3, labels={"aiinfra-cluster": "abc-1", "team": "b"})
    servers = [f'module.file_shares.google_filestore_instance.this["/mnt/{name}"]' for name in "abc"]
    assert module.planned() == {
        **{server: ["update"] for server in servers},
        "module.instance_group.google_compute_instance_group_manager.this": ["update"],
        "module.instance_template.google_compute_instance_template.this": ["create", "delete"],
    }
    module.apply()
    (after,) = cloud.names("templates")
    group = cloud.ask("GET", f"{COLLECTIONS['groups']}/abc-mig")
    template = cloud.ask("GET", f"{COLLECTIONS['templates']}/{after}")
    assert (group["targetSize"], template["properties"]["labels"]["team"], before == after) == (3, "b", False)
    assert module.planned() == {}


def test_a_share_that_goes_takes_nothing_else_along_and_a_larger_one_keeps_its_files(
    module: Module, cloud: Cloud
) -> None:
    module.apply()
    before = cloud.names("file servers")
    assert len(before) == 3
    module.set(
        file_shares=[
            {"path": "/mnt/c", "tier": "ENTERPRISE", "size_gb": 2048},
            {"path": "/mnt/b", "tier": "BASIC_HDD", "size_gb": 1024},
        ]
    )
    planned = module.planned()
    servers = {address: actions for address, actions in planned.items() if "filestore" in address}
    assert servers == {
        'module.file_shares.google_filestore_instance.this["/mnt/a"]': ["delete"],
        'module.file_shares.google_filestore_instance.this["/mnt/c"]': ["update"],
    }
    module.apply()
    assert module.planned() == {}
    assert len(cloud.names("file servers") & before) == 2


def test_the_machines_are_told_each_shares_address(module: Module, cloud: Cloud) -> None:
    module.apply()
    shares = json.loads(module.run("output", "-json").stdout)["file_shares"]["value"]
    (name,) = cloud.names("templates")
    items = cloud.ask("GET", f"{COLLECTIONS['templates']}/{name}")["properties"]["metadata"]["items"]
    told = json.loads(next(item["value"] for item in items if item["key"] == "cluster-config"))
    assert told == {"schema": 1, "file_shares": shares}
    assert [(each["share"], each["path"]) for each in shares] == [
        ("nfsshare", "/mnt/a"),
        ("nfsshare", "/mnt/b"),
        ("nfsshare", "/mnt/c"),
    ]
    assert len({each["address"] for each in shares}) == 3


def test_what_somebody_else_deleted_is_planned_again(module: Module, cloud: Cloud) -> None:
    module.apply()
    cloud.ask("DELETE", f"{COLLECTIONS['firewalls']}/abc-dpl-iap")
    assert module.planned() == {"module.network_new[0].google_compute_firewall.iap": ["create"]}
    module.apply()
    assert "abc-dpl-iap" in cloud.names("firewalls")


def test_what_somebody_else_changed_is_planned_back(module: Module, cloud: Cloud) -> None:
    module.apply()
    cloud.ask("POST", f"{COLLECTIONS['groups']}/abc-mig/resize?size=7")
    assert module.planned() == {"module.instance_group.google_compute_instance_group_manager.this": ["update"]}


def test_a_refusal_of_the_api_is_told_and_the_rest_stays_in_the_state(module: Module) -> None:
    module.set(mount_buckets=["standin-nobodys"])
    ran = module.run("apply", "-auto-approve", "-input=false")
    assert ran.returncode == 1
    assert 'Error retrieving IAM policy for storage bucket "b/standin-nobodys": googleapi: Error 404' in ran.stderr
    assert "google_service_account.nodes" in module.run("state", "list").stdout


def test_the_default_network_is_read_and_left_alone(module: Module) -> None:
    module.set(network_config="default_network")
    module.apply()
    outputs = json.loads(module.run("output", "-json").stdout)
    assert outputs["network"]["value"] == "default"
    assert "google_compute_network" not in module.run("state", "list").stdout.replace("data.google_compute_network", "")


def test_a_resource_is_imported_by_its_id(module: Module) -> None:
    module.apply()
    address = "module.network_new[0].google_compute_network.this"
    module.run("state", "rm", address)
    ran = module.run("import", "-input=false", address, f"{PROJECT}/global/networks/abc-dpl-net")
    assert ran.returncode == 0, ran.stderr
    assert address not in module.planned()
