"""Which Slurm a repository offers, as the tool finds it before anything is changed."""

from __future__ import annotations

import gzip
import lzma
from typing import TYPE_CHECKING

import pytest

from cluster_provision.checks.existing.configuration import configuration
from cluster_provision.checks.existing.packages import packages
from cluster_provision.errors import NodeSetupError, SettingsError, Unreachable
from cluster_provision.slurm.facts import Package
from cluster_provision.slurm.package_names import DEBIAN, SCHEDMD
from cluster_provision.slurm.release import Release
from tests.unit.checks.existing.package_server import serving
from tests.unit.checks.existing.seen import machine, subject, told

if TYPE_CHECKING:
    from cluster_provision.checks.existing.subject import Subject

PLACE = "/slurm/dists/noble/main/binary-amd64/Packages"
INDEX = b"Package: slurm-smd-slurmd\nVersion: 25.11.2-1\n"
ON = "x86_64"


def looked(answers: dict[str, bytes | int], installed: dict[str, str] | None = None, **more: str) -> Subject:
    """The machines, with what is installed on each, beside a repository that answers so."""
    versions = installed or {}
    seen = [
        machine(
            name,
            architecture=ON,
            packages={
                "slurmd": Package(candidate="22.05.8-4"),
                "slurm-smd-slurmd": Package(installed=versions.get(name, "")),
            },
        )
        for name in ("head", "node1", "node2")
    ]
    with serving(answers) as address:
        given = {"SLURM_REPOSITORY": f"deb [trusted=yes] {address}/slurm noble main", **more}
        return subject(*seen, given=given)


@pytest.mark.parametrize(
    ("ending", "content"),
    [("", INDEX), (".gz", gzip.compress(INDEX)), (".xz", lzma.compress(INDEX))],
    ids=["plain", "gz", "xz"],
)
def test_an_index_is_read_in_the_forms_that_repositories_have(ending: str, content: bytes) -> None:
    offer = looked({f"{PLACE}{ending}": content}).offer
    assert (offer.names, offer.release, offer.failures) == (SCHEDMD, Release(25, 11), ())


def test_keys_of_slurm_conf_are_judged_by_the_repositorys_release() -> None:
    found = looked({PLACE: INDEX}, SLURM_CONF_EXTRA="SlurmctldParameters=max_powered_nodes=5")
    assert configuration(found).checks[0].detail.startswith("Slurm 25.11")


@pytest.mark.parametrize(
    ("answers", "kind", "words"),
    [
        ({}, SettingsError, "SLURM_REPOSITORY has no index at"),
        ({f"{PLACE}.gz": 403}, Unreachable, "does not answer at .*: HTTP 403"),
        ({f"{PLACE}.gz": b"not gzip"}, Unreachable, "can't be unpacked"),
        ({PLACE: b"Package: munge\nVersion: 0.5\n"}, SettingsError, "has no Slurm; 22.05 is the oldest"),
        ({PLACE: b"Package: slurmd\nVersion: 21.08.5-2\n"}, SettingsError, "has Slurm 21.08; 22.05 is the oldest"),
    ],
)
def test_a_repository_that_can_not_be_used_is_told_with_the_other_checks(
    answers: dict[str, bytes | int], kind: type[Exception], words: str
) -> None:
    found = packages(looked(answers))
    assert [type(failure) for failure in found.failures] == [kind]
    assert found.checks[0].status == "failed"
    with pytest.raises(kind, match=words):
        raise found.failures[0]


def test_slurm_that_is_installed_everywhere_keeps_its_release_and_the_repository_is_not_asked() -> None:
    offer = looked({f"{PLACE}.gz": 503}, dict.fromkeys(("head", "node1", "node2"), "24.11.5-1")).offer
    assert (offer.names, offer.release, offer.failures) == (SCHEDMD, Release(24, 11), ())


def test_a_machine_that_would_get_another_release_than_the_others_have_is_refused() -> None:
    found = packages(looked({PLACE: INDEX}, {"head": "24.11.5-1", "node1": "24.11.5-1"}))
    assert told(found) == ["SLURM_REPOSITORY has Slurm 25.11, which node2 would get or has, and the others have 24.11"]
    assert isinstance(found.failures[0], NodeSetupError)


def test_without_a_repository_the_distributions_own_count() -> None:
    offer = subject().offer
    assert (offer.names, offer.release) == (DEBIAN, Release(22, 5))
