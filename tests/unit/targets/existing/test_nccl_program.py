"""Where nccl-tests is, by the settings of machines that exist already."""

from __future__ import annotations

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


def test_it_is_in_the_folder_or_in_the_image_that_is_named() -> None:
    assert nccl_program(settings(NCCL_TESTS="/opt/nccl-tests/build")) == Program(folder="/opt/nccl-tests/build")
    assert nccl_program(settings(NCCL_TESTS_IMAGE="nccl:1", PYXIS_PACKAGES=PYXIS)) == Program(image="nccl:1")


def test_with_neither_nobody_says_where_it_is() -> None:
    assert nccl_program(settings()) is None
