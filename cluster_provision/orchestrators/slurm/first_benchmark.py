"""The benchmark that ends the first Create: wrong values and broken runs fail it, slow nodes are named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.errors import Unhealthy
from cluster_provision.orchestrators.slurm.assess import BANDWIDTH, NETWORK
from cluster_provision.orchestrators.slurm.benchmark import ALL_REDUCE, FIRST, SEARCH, benchmark
from cluster_provision.result import Check

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cluster_provision.fleet.nccl.verdict import Judgement, Verdict
    from cluster_provision.orchestrators.slurm.benchmark import Benchmarked, BenchmarkedController
    from cluster_provision.result import CheckStatus
    from cluster_provision.stage import Site

STATUS: dict[Verdict, CheckStatus] = {"ok": "ok", "warn": "ok", "failed": "failed", "unknown": "unknown"}
ADVICE = (
    "`Benchmark` measures again. `Drain <nodes>` keeps jobs from the nodes that are named; VALIDATE=job leaves the "
    "benchmark out of Create. docs/benchmark.md has the limits, and what each finding means."
)
SLOW = (f"{ALL_REDUCE} {BANDWIDTH}", f"{ALL_REDUCE} {NETWORK}")
"""What is a warning here."""


def benchmark_first(controller: BenchmarkedController, site: Site) -> None:
    """Measure up to 512 MiB, and put it into the result. Raises Unhealthy for wrong values and for a broken run."""
    done = benchmark(controller, FIRST, site.progress.update)
    site.result.benchmark = done.result
    site.result.checks += checks_of(done.findings)
    failed = [each for each in done.findings if each.verdict == "failed" and each.name not in SLOW]
    broken = [each for each in failed if each.name != f"{ALL_REDUCE} {SEARCH}"]
    if broken:
        raise Unhealthy(words_of(failed), ADVICE)
    for each in done.findings:
        if each.verdict == "failed":
            site.say(f"Warning: {each.name}: {each.detail}")
        elif each.verdict in ("warn", "unknown"):
            site.say(f"Note: {each.name}: {each.detail}")
    site.progress.conclude(_told(done))


def checks_of(findings: Iterable[Judgement]) -> list[Check]:
    """The findings as the result's checks; the nodes that were left out are the benchmark's."""
    return [
        Check(f"{ALL_REDUCE} {each.name}" if each.name == "nodes" else each.name, STATUS[each.verdict], each.detail)
        for each in findings
    ]


def words_of(findings: Iterable[Judgement]) -> str:
    """The findings as an error's message."""
    return "; ".join(f"{each.name}: {each.detail}" for each in findings)


def _told(done: Benchmarked) -> str:
    result = done.result
    if result is None:
        return "unknown: nothing was measured"
    stand_in = " (stand-in)" if result.stand_in else ""
    return f"{result.verdict}{stand_in}: {len(result.rows)} rows over {result.nodes} nodes, {result.ranks} ranks"
