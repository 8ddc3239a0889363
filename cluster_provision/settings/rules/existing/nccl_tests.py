"""Rules for where nccl-tests is: in a folder on the nodes, or in an image, and whether jobs can be made of one."""

from __future__ import annotations

from cluster_provision.settings.draft import ExistingDraft, ExistingRuleResult


def nccl_tests(draft: ExistingDraft) -> ExistingRuleResult:
    """Refuse both at once, and an image without Pyxis: Slurm's own --container takes an unpacked bundle, no image."""
    settings = draft.settings
    if not draft.good("nccl_tests", "nccl_tests_image") or not settings.nccl_tests_image:
        return ExistingRuleResult()
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
    return ExistingRuleResult(tuple(problems))
