"""Benchmark on a Slurm cluster: the all-reduce runs as a job over the nodes that have nothing else to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.actions.benchmark_text import benchmark_text
from cluster_provision.actions.run_report.facts import note_cluster
from cluster_provision.actions.slurm.require_cluster import require_cluster
from cluster_provision.actions.steps import FIND_STATE, SIGN_IN
from cluster_provision.errors import CommandFailed, Unhealthy
from cluster_provision.orchestrators.slurm.benchmark import WHOLE, BenchmarkedController, benchmark
from cluster_provision.orchestrators.slurm.first_benchmark import checks_of, words_of
from cluster_provision.run import Step, perform

if TYPE_CHECKING:
    from cluster_provision.run import Run

ADVICE = (
    "Status shows how Slurm has its nodes; `Drain <nodes>` keeps jobs from those that are named. docs/benchmark.md has "
    "the limits, and what each finding means."
)


def benchmark_slurm(run: Run) -> str:
    """Measure the idle nodes, judge that, and search for the nodes that spoil it.

    Raises Unhealthy for a bad verdict, and where the gate is strict for an unknown one; CommandFailed where
    all_reduce_perf can't be run.
    """
    perform(run, (SIGN_IN, FIND_STATE, *run.provisioner.find, Step("all-reduce", _benchmark)))
    return benchmark_text(run.result.benchmark) if run.result.benchmark else "Verdict: unknown"


def _benchmark(run: Run) -> None:
    require_cluster(run)
    note_cluster(run)
    done = benchmark(_controller(run), WHOLE, run.progress.update)
    run.result.benchmark = done.result
    run.result.checks += checks_of(done.findings)
    for each in done.findings:
        if each.verdict in ("warn", "unknown"):
            run.console.say(f"Note: {each.name}: {each.detail}")
    run.progress.conclude(done.result.verdict if done.result else "unknown: nothing was measured")
    if done.cannot_run:
        raise CommandFailed(done.cannot_run, ADVICE)
    bad = ("failed", "unknown") if _controller(run).strict_health else ("failed",)
    failed = [each for each in done.findings if each.verdict in bad]
    if failed:
        if run.settings.output == "text" and done.result:
            run.console.clear()
            run.show(benchmark_text(done.result))
        raise Unhealthy(words_of(failed), ADVICE)


def _controller(run: Run) -> BenchmarkedController:
    assert isinstance(run.target, BenchmarkedController)  # noqa: S101 - who calls has asked
    return run.target
