"""Rules for where nccl-tests is: in a folder on the nodes, or in an image, and whether jobs can be made of one."""

from __future__ import annotations

from typing import Any

from cluster_provision.settings.draft import DraftOf, RuleResultOf


def nccl_tests(draft: DraftOf[Any]) -> RuleResultOf[Any]:
    """Refuse both at once, and an image without Pyxis: Slurm's own --container takes an unpacked bundle, no image."""
    settings = draft.settings
    if draft.orchestrator != "slurm" or not draft.good("nccl_tests", "nccl_tests_image"):
        return RuleResultOf()
    if not settings.nccl_tests_image:
        return RuleResultOf()
    problems = []
    if settings.nccl_tests:
        problems.append(
            f"NCCL_TESTS={settings.nccl_tests} and NCCL_TESTS_IMAGE={settings.nccl_tests_image} exclude each other: "
            "the benchmark runs one program; remove one of the two"
        )
    if "pyxis_packages" not in draft.given:
        problems.append(
            f"NCCL_TESTS_IMAGE={settings.nccl_tests_image} needs Pyxis, which makes a job's container of an image, "
            "and PYXIS_PACKAGES names no packages of it: set PYXIS_PACKAGES, or name a folder on the nodes that holds "
            "all_reduce_perf (NCCL_TESTS)"
        )
    return RuleResultOf(tuple(problems))
