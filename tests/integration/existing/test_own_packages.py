"""Packages that the user names, on played machines: from the rehearsal's own server, or one that it doesn't lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.integration.checks import rows

if TYPE_CHECKING:
    from tests.integration.existing.tool import ExistingTool

PLACE = "packages/slurm/dists/stable/main/binary-amd64"
REPOSITORY = "deb [trusted=yes] http://packages.rehearsal.internal/slurm stable main"
PYXIS = "https://packages.example.org/nvslurm-plugin-pyxis_0.21.0-1_amd64.deb#sha256=" + "0" * 64
SOURCES = "/etc/apt/sources.list.d/cluster-provision.sources"


def offers(existing: ExistingTool, version: str) -> None:
    """The rehearsal's server has a repository with this Slurm."""
    place = existing.folder / "cloud" / PLACE
    place.mkdir(parents=True, exist_ok=True)
    (place / "Packages").write_text(f"Package: slurmd\nVersion: {version}\n")


def test_a_repository_is_looked_at_written_and_given_back(existing: ExistingTool) -> None:
    existing.are_there()
    before = existing.snapshot()
    offers(existing, "22.05.99-1")
    created = existing.result("Create", SLURM_REPOSITORY=REPOSITORY)
    assert rows(created)["packages"] == ("ok", "Slurm 22.05 of http://packages.rehearsal.internal/slurm, slurmd")
    assert "Trusted: yes" in existing.file("node1", SOURCES).read_text()
    assert existing.no_changes(SLURM_REPOSITORY=REPOSITORY)
    existing.nothing_is_left_after_destroy(SLURM_REPOSITORY=REPOSITORY)
    assert existing.snapshot() == before


def test_a_repository_with_too_old_a_slurm_changes_nothing(existing: ExistingTool) -> None:
    existing.are_there()
    before = existing.snapshot()
    offers(existing, "21.08.5-2")
    failed = existing.result("Create", expected=2, SLURM_REPOSITORY=REPOSITORY)["error"]
    assert "has Slurm 21.08; 22.05 is the oldest" in failed["message"]
    assert existing.snapshot() == before


def test_packages_of_pyxis_that_can_not_be_reached_from_here_are_unknown_and_left_to_the_machines(
    existing: ExistingTool,
) -> None:
    created = existing.result("Create", PYXIS_PACKAGES=PYXIS)
    assert rows(created)["Pyxis"][0] == "unknown"
    assert rows(created)["container job"] == ("ok", "a job ran in a container on 3 of 3 nodes, by Pyxis")
