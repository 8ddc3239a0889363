"""The lock of the nodes' Ray: small enough for a machine's metadata, and with what every kind of node needs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.node.trial import startup_script

PROJECT = Path(__file__).parents[3]
SCRIPT = PROJECT / "scripts/ray_packages.py"
NODE = PROJECT / "node"
METADATA_BYTES = 256 * 1024  # https://cloud.google.com/compute/docs/metadata/setting-custom-metadata#limitations
WHEELS = {
    "a-1-py3-none-any.whl": True,
    "a-1-cp311-cp311-manylinux2014_x86_64.manylinux_2_17_x86_64.whl": True,
    "a-1-cp39-abi3-manylinux_2_28_aarch64.whl": True,
    "a-1-cp39-cp39-manylinux2014_x86_64.whl": False,
    "a-1-cp313-cp313t-manylinux_2_28_x86_64.whl": False,
    "a-1-cp311-cp311-musllinux_1_2_x86_64.whl": False,
    "a-1-cp311-cp311-macosx_11_0_arm64.whl": False,
    "a-1-cp311-cp311-win_amd64.whl": False,
    "a-1-cp311-cp311-manylinux_2_31_riscv64.whl": False,
}


def lock(folder: Path, wheels: list[str], marker: str = "python_full_version >= '3.10'") -> list[str]:
    """What the script makes of one package, line by line."""
    listed = ", ".join(f'{{url = "https://x/{name}", hashes = {{sha256 = "{name}"}}}}' for name in wheels)
    text = (
        f'requires-python = ">=3.10"\n[[packages]]\nname = "a"\nversion = "1"\nmarker = "{marker}"\nwheels = [{listed}]'
    )
    (folder / "pylock.ray.toml").write_text(text)
    made = subprocess.run(
        [sys.executable, SCRIPT, folder / "pylock.ray.toml"], capture_output=True, text=True, check=True
    )
    return made.stdout.splitlines()


def test_only_the_hashes_that_a_node_can_need_are_kept(tmp_path: Path) -> None:
    kept = " ".join(f"--hash=sha256:{name}" for name, fits in WHEELS.items() if fits)
    assert f"a==1 {kept}" in lock(tmp_path, list(WHEELS))


def test_a_package_of_some_pythons_says_so(tmp_path: Path) -> None:
    (line,) = [each for each in lock(tmp_path, list(WHEELS), "python_full_version < '3.11'") if each.startswith("a==")]
    assert line.startswith("a==1 ; python_full_version < '3.11' --hash=")


def test_a_package_without_a_wheel_for_nodes_is_no_lock(tmp_path: Path) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        lock(tmp_path, ["a-1-cp311-cp311-win_amd64.whl"])


def test_the_startup_script_fits_into_a_machines_metadata() -> None:
    names = (NODE / "gcp/order").read_text().split()
    assert "steps/ray_packages.sh" in names
    assert len(startup_script().encode()) < METADATA_BYTES / 2


def test_the_version_is_pinned_where_the_lock_is_made_from() -> None:
    (wanted,) = [line for line in (NODE / "ray.in").read_text().splitlines() if line.startswith("ray[")]
    version = wanted.partition("==")[2]
    assert f"\nray=={version} --hash=" in (NODE / "steps/ray_packages.sh").read_text()
    assert version in (PROJECT / "docs/ray.md").read_text()
