"""Packages of Pyxis: looked into before anything is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.checks.existing.pyxis import pyxis
from cluster_provision.slurm.facts import Package
from tests.unit.checks.existing.package_server import PLUGIN, digest, package, plugin, serving
from tests.unit.checks.existing.seen import machine, subject, told

if TYPE_CHECKING:
    from cluster_provision.checks.base import Finding

NAME = "nvslurm-plugin-pyxis_0.21.0-1_amd64.deb"
OURS = 0x160508
OTHER = 0x180B05


@pytest.fixture
def made() -> bytes:
    return package("nvslurm-plugin-pyxis", "0.21.0-1", {PLUGIN: plugin(OURS)})


def looked(files: dict[str, bytes], served: dict[str, bytes | int] | None = None, **facts: Any) -> Finding:
    """The finding for packages of these names and contents; `served` is what the server has in their place."""
    answers = {f"/{name}": content for name, content in files.items()}
    seen = [machine(name, architecture="x86_64", **facts) for name in ("head", "node1", "node2")]
    with serving({**answers, **(served or {})}) as address:
        given = ",".join(f"{address}/{name}#sha256={digest(content)}" for name, content in files.items())
        return pyxis(subject(*seen, given={"PYXIS_PACKAGES": given}))


def test_a_plug_in_for_the_machines_release_is_fine(made: bytes) -> None:
    found = looked({NAME: made})
    assert told(found) == []
    assert (found.checks[0].status, found.checks[0].detail) == ("ok", "1 packages, for Slurm 22.05")


def test_one_for_another_release_is_refused() -> None:
    other = package("nvslurm-plugin-pyxis", "0.21.0-1", {PLUGIN: plugin(OTHER)})
    (text,) = told(looked({NAME: other}))
    assert "was built for Slurm 24.11, and the machines have 22.05" in text


def test_another_file_than_the_one_whose_hash_is_given_is_refused(made: bytes) -> None:
    (text,) = told(looked({NAME: made}, {f"/{NAME}": made + b"x"}))
    assert "is another file than you have looked at" in text and digest(made + b"x") in text


def test_a_file_that_is_no_package_is_refused() -> None:
    (text,) = told(looked({NAME: b"<html>not found</html>"}))
    assert "is no package" in text


def test_a_file_whose_name_says_something_else_than_it_holds_is_refused(made: bytes) -> None:
    (text,) = told(looked({"pyxis.deb": made}))
    assert "pyxis.deb holds nvslurm-plugin-pyxis 0.21.0-1, which its name must say" in text


def test_packages_without_the_plug_in_are_refused() -> None:
    enroot = package("enroot", "4.0.1-1", {"/usr/bin/enroot": b"#!/bin/sh\n"})
    (text,) = told(looked({"enroot_4.0.1-1_amd64.deb": enroot}))
    assert "none of them holds Pyxis's plug-in" in text


def test_a_plug_in_where_slurm_does_not_look_for_it_is_refused() -> None:
    other = package("nvslurm-plugin-pyxis", "0.21.0-1", {"/opt/spank_pyxis.so": plugin(OURS)})
    (text,) = told(looked({NAME: other}))
    assert text.endswith(f"the plug-in lies at /opt/spank_pyxis.so, and it must be at {PLUGIN}")


def test_a_package_for_other_machines_is_refused() -> None:
    name = "enroot_4.0.1-1_arm64.deb"
    foreign = package("enroot", "4.0.1-1", {}, "arm64")
    assert any("is for arm64, and there are machines with amd64" in text for text in told(looked({name: foreign})))


def test_all_that_is_wrong_is_told_at_once(made: bytes) -> None:
    found = looked({NAME: made, "enroot_4.0.1-1_amd64.deb": b"x"}, {f"/{NAME}": 404})
    (first, second) = told(found)
    assert f"/{NAME} is not there: HTTP 404" in first
    assert "enroot_4.0.1-1_amd64.deb is no package" in second


def test_what_every_machine_has_already_is_not_fetched_again(made: bytes) -> None:
    there = {"slurmd": Package(installed="22.05.8-4"), "nvslurm-plugin-pyxis": Package(installed="0.21.0-1")}
    assert told(looked({NAME: made}, {f"/{NAME}": 404}, packages=there)) == []


def test_where_nobody_can_look_into_packages_it_is_unknown(made: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cluster_provision.checks.existing.fetched_packages.can_read_packages", lambda: False)
    found = looked({NAME: made})
    assert (found.checks[0].status, len(found.notes)) == ("unknown", 1)


def test_a_server_that_does_not_let_the_tool_in_leaves_it_unknown(made: bytes) -> None:
    found = looked({NAME: made}, {f"/{NAME}": 403})
    assert told(found) == []
    assert (found.checks[0].status, "HTTP 403" in found.checks[0].detail) == ("unknown", True)
    assert "each machine compares the SHA-256 itself" in found.notes[0]
