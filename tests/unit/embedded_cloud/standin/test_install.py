"""The stand-in lies where Terraform looks for it, and starts quickly."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

import pytest

from embedded_cloud.standin import install
from embedded_cloud.standin.install import REGISTRY, VERSIONS

if TYPE_CHECKING:
    from pathlib import Path

# What no plugin process may spend its start on.
HEAVY = ("requests", "click", "jinja2", "rich", "trustme", "cryptography", "docker", "googleapiclient", "tomllib")


def launcher(folder: Path) -> Path:
    (found,) = (path for path in (folder / "mirror").rglob("*") if path.is_file())
    return found


@pytest.mark.parametrize("provider", VERSIONS)
def test_the_package_holds_the_launcher_alone(provider: str, tmp_path: Path) -> None:
    assert install(tmp_path, provider) == tmp_path / "mirror"
    name, version = provider, VERSIONS[provider]
    assert launcher(tmp_path).match(
        f"registry.terraform.io/hashicorp/{name}/{version}/*_*/terraform-provider-{name}_v{version}"
    )


def test_one_provider_is_put_beside_another_and_serves_its_own_facts_alone(tmp_path: Path) -> None:
    assert install(tmp_path, "google") == install(tmp_path, "azurerm")
    assert {path.name for path in (tmp_path / "mirror" / REGISTRY).iterdir()} == set(VERSIONS)
    for provider in VERSIONS:
        (served,) = tmp_path.glob(f"served-{provider}-*")
        told = json.loads((served / "facts.json").read_text())
        assert told["provider"] == provider
        types = [*told["schemas"]["resource_schemas"], *told["table"]["rules"]]
        assert {name.partition("_")[0] for name in types} <= {provider, "data"}


def test_a_second_time_changes_nothing(tmp_path: Path) -> None:
    install(tmp_path, "google")
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    install(tmp_path, "google")
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_runs_at_the_same_time_agree(tmp_path: Path) -> None:
    with ProcessPoolExecutor(4) as pool:
        assert set(pool.map(install, [tmp_path] * 8, ["google"] * 8)) == {tmp_path / "mirror"}
    assert len([path for path in tmp_path.iterdir() if path.name.startswith("served-")]) == 1


def test_a_person_who_starts_it_is_told_what_it_is(tmp_path: Path) -> None:
    install(tmp_path, "google")
    ran = subprocess.run([launcher(tmp_path)], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr.strip()) == (1, "This is a provider plugin: Terraform starts it.")


def test_a_plugin_process_imports_nothing_heavy() -> None:
    package = "embedded_cloud.standin"
    named = f"{package}.serve, {package}.google.dialect, {package}.azurerm.dialect, {package}.azurerm.scale_set"
    code = f"import {named}, sys; print([m for m in {HEAVY} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
