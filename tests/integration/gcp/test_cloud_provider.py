"""A whole cluster on the embedded cloud, with the real provider (test_standin.py has the stand-in).

"Apply, then Plan shows no changes" is what proves that the embedded cloud gives back what Google gives back.
"""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import requests

from cluster_provision.rehearsal import rehearse
from cluster_provision.rehearsal.process import take_hold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROJECT = "p-123456"
SIGNED = {"Authorization": "Bearer made-up"}
COMPUTE = f"https://compute.googleapis.com/compute/v1/projects/{PROJECT}"
STATE = "//storage.googleapis.com/projects/_/buckets/state-bucket/objects/x-deployment/terraform/state/default.tfstate"
CONFIG = {"schema": 1, "bucket": "state-bucket", "deployment": "x-deployment", "notebook": True}
# Without the service account, whose creation the real provider follows with waits of its own of 17 s in all.
MODULE = """
terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "7.45.0"
    }
  }
  backend "gcs" {
    bucket = "state-bucket"
    prefix = "x-deployment/terraform/state"
  }
}
provider "google" {
  project = "p-123456"
  region  = "us-central1"
  zone    = "us-central1-a"
}
variable "size" {
  type    = number
  default = 2
}
variable "config" { type = string }
variable "with_account" { type = bool }
resource "google_service_account" "nodes" {
  count        = var.with_account ? 1 : 0
  account_id   = "x-nodes"
  display_name = "Nodes of x"
}
resource "google_storage_bucket_iam_member" "nodes" {
  count  = var.with_account ? 1 : 0
  bucket = "state-bucket"
  role   = "roles/storage.objectUser"
  member = "serviceAccount:${google_service_account.nodes[0].email}"
  condition {
    title      = "nodes"
    expression = "resource.name.startsWith('projects/_/buckets/state-bucket/objects/x-deployment/nodes/')"
  }
}
resource "google_compute_network" "this" {
  name                    = "x-net"
  auto_create_subnetworks = false
  mtu                     = 8896
}
resource "google_compute_subnetwork" "this" {
  name                     = "x-subnet"
  network                  = google_compute_network.this.id
  ip_cidr_range            = "10.0.0.0/20"
  private_ip_google_access = true
}
resource "google_compute_firewall" "iap" {
  name          = "x-iap"
  network       = google_compute_network.this.id
  source_ranges = ["35.235.240.0/20"]
  allow {
    protocol = "tcp"
    ports    = ["22", "8080"]
  }
}
resource "google_compute_firewall" "internal" {
  name          = "x-internal"
  network       = google_compute_network.this.id
  source_ranges = ["10.0.0.0/20"]
  allow { protocol = "all" }
}
resource "google_compute_router" "this" {
  name    = "x-router"
  network = google_compute_network.this.id
}
resource "google_compute_router_nat" "this" {
  name                               = "x-nat"
  router                             = google_compute_router.this.name
  nat_ip_allocate_option             = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "ALL_SUBNETWORKS_ALL_IP_RANGES"
}
resource "google_compute_instance_template" "this" {
  name_prefix  = "x-"
  machine_type = "a2-highgpu-2g"
  labels       = { aiinfra-cluster = "x" }
  metadata = {
    startup-script = "echo hi"
    proxy-mode     = "project_editors"
    cluster-config = var.config
  }
  disk {
    source_image = "projects/ml-images/global/images/family/pytorch"
    disk_size_gb = 2000
    disk_type    = "pd-ssd"
    boot         = true
    auto_delete  = true
  }
  guest_accelerator {
    type  = "nvidia-tesla-a100"
    count = 2
  }
  scheduling {
    on_host_maintenance = "TERMINATE"
    automatic_restart   = true
  }
  network_interface {
    subnetwork = google_compute_subnetwork.this.id
    access_config {}
  }
  lifecycle { create_before_destroy = true }
}
resource "google_compute_instance_group_manager" "this" {
  name               = "x-mig"
  base_instance_name = "x-vm"
  target_size        = var.size
  wait_for_instances = false
  version { instance_template = google_compute_instance_template.this.self_link }
}
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The module, initialised in a rehearsal with the provider."""
    monkeypatch.setenv("PROJECT_ID", PROJECT)
    monkeypatch.setenv("TERRAFORM_GCS_PATH", "gs://state-bucket/x")
    monkeypatch.setenv("TF_PLUGIN_CACHE_DIR", "")
    (tmp_path / "main.tf").write_text(MODULE)
    variables = {"config": json.dumps(CONFIG), "with_account": False}
    (tmp_path / "x.auto.tfvars.json").write_text(json.dumps(variables))
    with rehearse("plan", tmp_path / "cloud", os.environ, lambda _: None):
        mirror = os.environ["PROVIDER_MIRROR"]
        (tmp_path / "rc").write_text(f'provider_installation {{\n  filesystem_mirror {{ path = "{mirror}" }}\n}}\n')
        monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "rc"))
        assert terraform(tmp_path, "init") == 0
        yield tmp_path


def terraform(folder: Path, *arguments: str) -> int:
    command = ["terraform", *arguments, "-no-color", "-input=false"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    print(done.stdout, done.stderr)
    return done.returncode


def ask(folder: Path, path: str) -> list[Any]:
    """The list at this path of the cloud's own host."""
    up = take_hold(folder / "cloud")
    try:
        return list(up.ask("GET", path)[path.strip("/")])
    finally:
        up.let_go()


def instances(folder: Path) -> list[str]:
    return [each["name"] for each in ask(folder, "/machines")]


def leftovers(folder: Path) -> list[str]:
    found = ask(folder, "/leftovers")
    return [each for each in found if "/objects/x-deployment/nodes/" not in each and each != STATE]


def test_what_was_applied_is_what_the_next_plan_finds_until_it_is_destroyed(root: Path) -> None:
    assert terraform(root, "apply", "-auto-approve") == 0
    assert terraform(root, "plan", "-detailed-exitcode") == 0
    assert len(instances(root)) == 2
    assert terraform(root, "destroy", "-auto-approve") == 0
    assert leftovers(root) == []


def test_a_changed_size_is_one_change_in_place(root: Path) -> None:
    assert terraform(root, "apply", "-auto-approve") == 0
    before = instances(root)
    assert terraform(root, "apply", "-auto-approve", "-var=size=3") == 0
    assert terraform(root, "plan", "-detailed-exitcode", "-var=size=3") == 0
    assert set(before) < set(instances(root))
    assert len(instances(root)) == 3


def test_what_went_behind_terraforms_back_is_planned_again(root: Path) -> None:
    assert terraform(root, "apply", "-auto-approve") == 0
    assert requests.delete(f"{COMPUTE}/global/firewalls/x-iap", headers=SIGNED, timeout=5).status_code == 200
    assert terraform(root, "plan", "-detailed-exitcode") == 2
    assert terraform(root, "apply", "-auto-approve") == 0
    assert terraform(root, "plan", "-detailed-exitcode") == 0


def test_the_machines_account_and_its_conditional_grant_come_and_go(root: Path) -> None:
    account, grant = "-var=with_account=true", "-target=google_storage_bucket_iam_member.nodes"
    assert terraform(root, "apply", "-auto-approve", account, grant) == 0
    assert terraform(root, "plan", "-detailed-exitcode", account, grant) == 0
    assert len(leftovers(root)) == 2
    assert terraform(root, "destroy", "-auto-approve", account) == 0
    assert leftovers(root) == []


def test_a_refusal_of_the_cloud_is_terraforms_error(root: Path) -> None:
    message = "Required 'compute.networks.create' permission for 'projects/p-123456/global/networks/x-net'"
    error = {"code": 403, "message": message, "errors": [{"message": message, "reason": "forbidden"}]}
    rule = {"match": {"method": "POST", "path": "/global/networks"}, "status": 403, "body": {"error": error}}
    (root / "cloud" / "scenario.json").write_text(json.dumps({"rules": [rule]}))
    command = ["terraform", "apply", "-auto-approve", "-no-color", "-input=false"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1
    assert f"googleapi: Error 403: {message}" in " ".join(done.stderr.split())
