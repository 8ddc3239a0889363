"""A cluster of packages that the user names: Slurm's from a signed repository, Pyxis's by their digest.

The tests are one story, in this order.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.existing import packages

if TYPE_CHECKING:
    from tests.e2e.existing.machine import Machine
    from tests.e2e.tool import Finished, Tool

pytestmark = pytest.mark.engine

OURS, OTHER = 0x160508, 0x180B05
IMAGE = "/usr/local/lib/cluster-provision/slurm/proof-container.sqsh"
INSTALLED = "dpkg-query --show --showformat='${Version}' "


@dataclass(frozen=True)
class Packages:
    """Values of PYXIS_PACKAGES: the right one, and one for another release of Slurm."""

    pyxis: str
    for_another: str


@pytest.fixture(scope="module")
def settings() -> dict[str, str]:
    """The env file: two of the three nodes, and Slurm's repository."""
    return {
        "CLOUD": "existing",
        "ORCHESTRATOR_TYPE": "slurm",
        "NAME_PREFIX": "vega",
        "CONTROLLER": "head=10.20.0.10",
        "NODES": "node[1-2]",
        "SSH_USER": "ops",
        "SSH_HOST_KEYS": "accept-new",
        "ACCOUNTING": "off",
        "USERS_FILE": "/config/users",
        "VALIDATE": "job",
    }


@pytest.fixture(scope="module")
def served(
    slurm: Tool, existing_image: str, settings: dict[str, str], untouched: dict[str, frozenset[str]]
) -> Packages:
    """What the servers have; the settings name the repository from now on."""
    assert untouched
    here = Path(settings["REHEARSE_DIR"]) / "packages"
    key = packages.make_repository(slurm, existing_image, here / "slurm")
    config = next(Path(place) for place, there in slurm.mounts.items() if there == "/config")
    (config / "slurm.asc").write_text(key)
    settings["SLURM_REPOSITORY"] = f"deb [signed-by=/config/slurm.asc] {packages.ADDRESS}/slurm stable main"
    return Packages(packages.make_pyxis(here / "pyxis", OURS), packages.make_pyxis(here / "other", OTHER))


@pytest.fixture(scope="module")
def created(slurm: Tool, settings: dict[str, str], served: Packages) -> Finished:
    settings["PYXIS_PACKAGES"] = served.pyxis
    return slurm.run("Create", settings)


@pytest.mark.parametrize(
    ("which", "words"),
    [("wrong digest", "is another file than you have looked at"), ("another release", "was built for Slurm 24.11")],
)
def test_packages_that_do_not_fit_are_refused_before_anything_changes(
    slurm: Tool,
    settings: dict[str, str],
    served: Packages,
    machines: dict[str, Machine],
    untouched: dict[str, frozenset[str]],
    which: str,
    words: str,
) -> None:
    given = served.for_another if which == "another release" else served.pyxis[:-64] + "0" * 64
    refused = slurm.run("Create", {**settings, "PYXIS_PACKAGES": given})
    assert refused.code == 2, refused.told
    assert words in refused.told
    assert {name: sorted(machine.state() ^ untouched[name]) for name, machine in machines.items()} == {
        name: [] for name in machines
    }


def test_slurm_comes_from_the_repository(created: Finished, machines: dict[str, Machine]) -> None:
    assert created.code == 0, created.told
    assert machines["head"].says(f"{INSTALLED} slurmctld") == packages.VERSION
    assert machines["node1"].says(f"{INSTALLED} slurmd") == packages.VERSION


def test_the_proof_runs_a_job_in_a_container_by_the_plug_in(created: Finished) -> None:
    assert {
        "name": "container job",
        "status": "ok",
        "detail": "a job ran in a container on 2 of 2 nodes, by Pyxis",
    } in created.result["checks"]


def test_a_users_job_sees_an_images_files(created: Finished, machines: dict[str, Machine]) -> None:
    assert created.code == 0, created.told
    command = f"cd / && srun --quiet --nodelist=node2 --container-image={IMAGE} cat /cluster-provision-proof"
    assert machines["head"].says(command, "alice") == "contained node2"


def test_a_second_create_changes_nothing(slurm: Tool, settings: dict[str, str], created: Finished) -> None:
    assert created.code == 0, created.told
    again = slurm.run("Create", settings)
    assert again.code == 0, again.told
    assert again.result["changes"] == {"add": 0, "change": 0, "destroy": 0}


def test_destroy_gives_back_packages_repository_and_key(
    slurm: Tool,
    settings: dict[str, str],
    created: Finished,
    machines: dict[str, Machine],
    untouched: dict[str, frozenset[str]],
) -> None:
    assert created.code == 0, created.told
    destroyed = slurm.run("Destroy", {**settings, "DELETE_DATA": "yes"})
    assert destroyed.code == 0, destroyed.told
    assert {name: sorted(machine.state() ^ untouched[name]) for name, machine in machines.items()} == {
        name: [] for name in machines
    }
