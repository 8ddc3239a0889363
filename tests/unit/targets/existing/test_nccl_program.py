"""Where nccl-tests is, by the settings of machines that exist already."""

from __future__ import annotations

import pytest

from cluster_provision.errors import SettingsError
from cluster_provision.orchestrators.slurm.all_reduce import Program
from cluster_provision.settings import load
from cluster_provision.settings.existing.settings import ExistingSettings
from cluster_provision.targets.existing.nccl import nccl_program

SETTINGS = {"CLOUD": "existing", "ORCHESTRATOR_TYPE": "slurm", "NAME_PREFIX": "lyra", "NODES": "a=10.0.0.1,b=10.0.0.2"}
PYXIS = "https://packages.example.org/pyxis.deb#sha256=" + "0" * 64


def settings(**more: str) -> ExistingSettings:
    found = load({**SETTINGS, **more}, "benchmark").settings
    assert isinstance(found, ExistingSettings)
    return found


def test_a_folder_comes_before_an_image() -> None:
    given = settings(NCCL_TESTS="/opt/nccl-tests/build", NCCL_TESTS_IMAGE="nccl:1", PYXIS_PACKAGES=PYXIS)
    assert nccl_program(given) == Program(folder="/opt/nccl-tests/build")


def test_an_image_is_taken_with_pyxis_and_refused_without() -> None:
    assert nccl_program(settings(NCCL_TESTS_IMAGE="nccl:1", PYXIS_PACKAGES=PYXIS)) == Program(image="nccl:1")
    with pytest.raises(SettingsError, match="NCCL_TESTS_IMAGE=nccl:1 needs Pyxis"):
        nccl_program(settings(NCCL_TESTS_IMAGE="nccl:1"))


def test_with_neither_nobody_says_where_it_is() -> None:
    assert nccl_program(settings()) is None
