"""The stand-in lies where Terraform looks for it, and starts quickly."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

from cluster_provision.rehearsal.standin import install

if TYPE_CHECKING:
    from pathlib import Path

# What no plugin process may spend its start on.
HEAVY = ("requests", "click", "jinja2", "rich", "trustme", "cryptography", "docker", "googleapiclient", "tomllib")


def launcher(folder: Path) -> Path:
    (found,) = (path for path in (folder / "mirror").rglob("*") if path.is_file())
    return found


def test_the_package_holds_the_launcher_alone(tmp_path: Path) -> None:
    assert install(tmp_path, "google") == tmp_path / "mirror"
    assert launcher(tmp_path).match(
        "registry.terraform.io/hashicorp/google/7.45.0/*_*/terraform-provider-google_v7.45.0"
    )


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
    code = f"import cluster_provision.rehearsal.standin.serve, sys; print([m for m in {HEAVY} if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
