"""Terraform's providers in an image: those that the lock files list, or one's own, to which its runs are locked."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cluster_provision.terraform import environment, workspace
from cluster_provision.terraform.binary import find_terraform
from cluster_provision.terraform.environment import providers_from, terraform_environment, write_cli_config
from embedded_cloud.standin import install

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[3]
MODULE = "gcp/vms"
LOCK = ".terraform.lock.hcl"
NOWHERE = {"HTTPS_PROXY": "http://127.0.0.1:9"}  # no registry answers


def terraform() -> Path:
    return Path(find_terraform(os.environ.get("PATH")))


@dataclass(frozen=True)
class Building:
    """What the Dockerfile's step sees: one of the modules, the stand-ins as given providers, and where they go."""

    modules: Path
    given: Path
    out: Path

    def build(self, kind: str, given: Path | None = None) -> subprocess.CompletedProcess[str]:
        command = ["bash", PROJECT / "scripts/image_providers.sh", kind, self.modules, given or self.given, self.out]
        path = f"{terraform().parent}:{os.environ['PATH']}"
        variables = {"PATH": path, "HOME": str(self.modules), **NOWHERE}
        return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def building(tmp_path: Path) -> Building:
    modules = tmp_path / "modules"
    for name in (MODULE, "modules"):
        ignored = shutil.ignore_patterns(".terraform")
        shutil.copytree(PROJECT / "terraform" / name, modules / name, ignore=ignored)
    return Building(modules, install(tmp_path / "given", "google"), tmp_path / "out")


@pytest.fixture
def image(building: Building, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An image's files: the code's modules, and over them what a build with own providers has put out."""
    built = building.build("own")
    assert built.returncode == 0, built.stderr
    files = tmp_path / "image"
    for name in ("terraform", "node"):
        shutil.copytree(PROJECT / name, files / name, ignore=shutil.ignore_patterns(".terraform", "__pycache__"))
    shutil.copytree(building.out / "cluster-provision", files, dirs_exist_ok=True)
    monkeypatch.setattr(workspace, "PROJECT", files)
    monkeypatch.setattr(environment, "IMAGE_PROVIDERS", building.out / "terraform/providers")
    return files


def set_up(folder: Path) -> subprocess.CompletedProcess[str]:
    """terraform init, as a run does it."""
    providers = providers_from(None)
    assert providers.locked
    opened = workspace.open_workspace(folder, MODULE, locked_providers=providers.locked)
    write_cli_config(opened.cli_config, providers)
    command = [terraform(), f"-chdir={opened.root}", "init", "-backend=false", "-lockfile=readonly", "-no-color"]
    variables = terraform_environment({**os.environ, **NOWHERE}, opened.cli_config)
    return subprocess.run(command, env=variables, capture_output=True, text=True, timeout=60, check=False)


def test_a_run_on_an_image_with_own_providers_asks_no_registry(image: Path, tmp_path: Path) -> None:
    done = set_up(tmp_path / "run")
    assert done.returncode == 0, done.stderr
    committed = (PROJECT / "terraform" / MODULE / LOCK).read_text()
    assert (image / "terraform" / MODULE / LOCK).read_text() != committed


def test_such_an_image_is_locked_to_what_was_built_in(image: Path, building: Building, tmp_path: Path) -> None:
    (launcher,) = (building.out / "terraform/providers").rglob("terraform-provider-google_v*")
    launcher.write_text(launcher.read_text() + "# changed\n")
    done = set_up(tmp_path / "run")
    assert done.returncode != 0
    assert "checksums" in done.stderr


def test_others_than_the_lock_files_list_are_built_in_by_choice_alone(building: Building) -> None:
    refused = building.build("yes")
    assert refused.returncode == 1
    assert f"{MODULE}/{LOCK} lists" in refused.stderr
    assert "PROVIDERS=own" in refused.stderr


def test_those_that_the_lock_files_list_are_taken_and_the_lock_files_stay(building: Building) -> None:
    assert building.build("own").returncode == 0
    shutil.copy(building.out / "cluster-provision/terraform" / MODULE / LOCK, building.modules / MODULE / LOCK)
    shutil.rmtree(building.out)
    built = building.build("yes")
    assert built.returncode == 0, built.stderr
    assert [each.name for each in building.out.iterdir()] == ["terraform"]


@pytest.mark.parametrize(
    ("kind", "said"),
    [("own", "PROVIDER_MIRROR names"), ("yes", "registry gives no providers"), ("maybe", "no, yes or own")],
)
def test_without_providers_none_is_built(building: Building, tmp_path: Path, kind: str, said: str) -> None:
    refused = building.build(kind, tmp_path)
    assert refused.returncode == 1
    assert said in refused.stderr


def test_an_image_without_providers_has_no_folder_for_them(building: Building) -> None:
    assert building.build("no").returncode == 0
    assert [each for each in building.out.rglob("*") if each.name == "providers"] == []
