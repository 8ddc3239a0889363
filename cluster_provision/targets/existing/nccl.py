"""Where nccl-tests is on machines that exist already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.orchestrators.slurm.all_reduce import Program

if TYPE_CHECKING:
    from cluster_provision.settings.existing.settings import ExistingSettings


def nccl_program(settings: ExistingSettings) -> Program | None:
    """In the folder or in the image, of which the settings name one at most; None where they name neither."""
    if settings.nccl_tests:
        return Program(folder=str(settings.nccl_tests))
    return Program(image=settings.nccl_tests_image) if settings.nccl_tests_image else None
