"""Where nccl-tests is on machines that exist already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.errors import SettingsError
from cluster_provision.orchestrators.slurm.all_reduce import Program

if TYPE_CHECKING:
    from cluster_provision.settings.existing.settings import ExistingSettings


def nccl_program(settings: ExistingSettings) -> Program | None:
    """The folder before the image, None where the settings name neither.

    Raises SettingsError for an image without Pyxis: Slurm's own `--container` takes an unpacked bundle, and no image.
    """
    if settings.nccl_tests:
        return Program(folder=str(settings.nccl_tests))
    if not settings.nccl_tests_image:
        return None
    if not settings.pyxis_packages:
        raise SettingsError(
            (
                f"NCCL_TESTS_IMAGE={settings.nccl_tests_image} needs Pyxis, which makes a job's container of an image, "
                "and PYXIS_PACKAGES names no packages of it",
            ),
            "Set PYXIS_PACKAGES, or name a folder on the nodes that holds all_reduce_perf: NCCL_TESTS.",
        )
    return Program(image=settings.nccl_tests_image)
