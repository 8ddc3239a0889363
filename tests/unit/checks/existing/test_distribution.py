"""Which machines are named where their distributions differ."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from cluster_provision.checks.existing.distribution import distribution
from cluster_provision.checks.existing.subject import Seen, Subject
from cluster_provision.slurm.facts import MachineFacts, Package

DEBIAN = {"12": "22.05.8-4+deb12u3", "13": "24.11.5-4"}


def machine(name: str, release: str) -> Seen:
    text = f'ID=debian\nVERSION_ID="{release}"\nPRETTY_NAME="Debian {release}"\n'
    packages = {"slurmd": Package(candidate=DEBIAN[release])}
    return Seen(MachineFacts(name, text, 0.0, python="3.11.2", packages=packages))


def found(**releases: str) -> list[str]:
    seen = {name: machine(name, release) for name, release in releases.items()}
    settings = cast("Any", SimpleNamespace(slurm_repository=None))
    return [failure.message for failure in distribution(Subject(settings, seen, {})).failures]


def test_machines_of_one_release_are_fine() -> None:
    assert found(node1="13", node2="13") == []


def test_the_machine_whose_release_differs_from_most_is_named_and_no_other() -> None:
    there = "one release is needed on all: node1, node3: 22.05; node2: 24.11"
    assert found(node1="12", node2="13", node3="12") == [f"node2 has Slurm 24.11, and {there}"]
    assert len(found(node1="13", node2="12", node3="13")) == 1
