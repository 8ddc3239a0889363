"""The search for the nodes that make an all-reduce slow or break it: further runs, each over fewer nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.fleet.nccl.bisection import Tried, found, most_runs, next_set
from cluster_provision.result import BenchmarkRun, BenchmarkSearch
from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.orchestrators.slurm.assess import Assessed


def search(
    nodes: Sequence[str],
    thought_bad: Sequence[str],
    measure: Callable[[tuple[str, ...]], Assessed],
    tell: Callable[[str], None],
) -> BenchmarkSearch:
    """Measure ever fewer of the nodes, at most log2(n) + 1 times, until no run would tell more.

    `thought_bad` are tried last, so that the others are cleared. A run of which nothing is known ends the search.
    """
    order = [*(name for name in nodes if name not in thought_bad), *(name for name in nodes if name in thought_bad)]
    tried: list[Tried] = []
    runs: list[BenchmarkRun] = []
    while wanted := next_set(order, tried):
        tell(f"run {len(runs) + 1} of at most {most_runs(len(nodes))} to find the nodes: {fold_hostlist(wanted)}")
        one = measure(wanted)
        verdict = "failed" if one.bad else "ok" if one.good else "unknown"
        runs.append(
            BenchmarkRun(
                nodes=wanted,
                verdict=verdict,  # type: ignore[arg-type]
                detail=one.detail,
                measured=one.judged.measured,
                command=one.ran.output.command,
            )
        )
        if verdict == "unknown":
            break
        tried.append(Tried(wanted, one.bad))
    told = found(order, tried)
    return BenchmarkSearch(tuple(runs), told.bad, told.likely, told.suspects, told.untested)


def found_text(search: BenchmarkSearch) -> str:
    """Which nodes are bad, in one line."""
    told = []
    if search.bad:
        each = "which fails" if len(search.bad) == 1 else "each of which fails"
        told.append(f"bad: {fold_hostlist(search.bad)}, {each} with no other bad node beside it")
    if search.likely:
        told.append(f"most likely bad: {fold_hostlist(search.likely)}, which every run that failed had in it")
    if search.suspects:
        told.append(f"{'else ' if search.likely else ''}at least one of {fold_hostlist(search.suspects)} is bad")
    if search.untested:
        told.append(f"not cleared: {fold_hostlist(search.untested)}")
    if search.runs and not any(run.verdict == "ok" for run in search.runs):
        told.append("no run passed, so it may be all of them, or what is between them")
    runs = f"{len(search.runs)} further run{'s' if len(search.runs) != 1 else ''}"
    ended = "; the search ended early" if search.runs and search.runs[-1].verdict == "unknown" else ""
    return f"{'; '.join(told) or 'no node was found'} ({runs}{ended})"
