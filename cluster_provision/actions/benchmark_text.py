"""The benchmark's result as text."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

from cluster_provision.fleet.nccl.verdict import gib
from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist

if TYPE_CHECKING:
    from cluster_provision.result import BenchmarkResult, BenchmarkRow


def benchmark_text(result: BenchmarkResult) -> str:
    """A table with a row for each message size, over all cycles, and the verdict."""
    head = f"All-reduce on {result.nodes} x {result.size}, {result.ranks} ranks"
    devices = f"Devices: {', '.join(result.devices) or 'none named'}; network: {result.network}"
    left_out = [f"Left out: {name}, {why}" for name, why in result.left_out.items()]
    return "\n".join((head, devices, *left_out, "", *_table(result), "", *_search(result), *_verdict(result)))


def _table(result: BenchmarkResult) -> list[str]:
    sizes: dict[int, list[BenchmarkRow]] = {}
    for row in result.rows:
        sizes.setdefault(row.bytes, []).append(row)
    lines = [f"{'SIZE':>10} {'TIME us':>12} {'ALGBW GB/s':>11} {'BUSBW GB/s':>11} {'IN PLACE':>9} {'WRONG':>6}"]
    for size, rows in sizes.items():
        counts = [count for row in rows for count in (row.wrong, row.in_place_wrong)]
        wrong = "?" if None in counts else str(sum(count or 0 for count in counts))
        lines.append(
            f"{gib(size):>10} {fmean(r.time for r in rows):>12.1f} {fmean(r.algbw for r in rows):>11.2f} "
            f"{fmean(r.busbw for r in rows):>11.2f} {fmean(r.in_place_busbw for r in rows):>9.2f} {wrong:>6}"
        )
    return lines


def _search(result: BenchmarkResult) -> list[str]:
    """The further runs, and the nodes that they found."""
    search = result.search
    if search is None:
        return []
    lines = [f"Search for the nodes, {len(search.runs)} further runs:"]
    lines += [f"  {fold_hostlist(each.nodes)}: {each.verdict}, {each.detail}".rstrip(", ") for each in search.runs]
    named = (
        ("Bad", search.bad),
        ("Most likely bad", search.likely),
        ("At least one of these is bad", search.suspects),
        ("Not cleared", search.untested),
    )
    return [*lines, *(f"{words}: {fold_hostlist(nodes)}" for words, nodes in named if nodes), ""]


def _verdict(result: BenchmarkResult) -> list[str]:
    lines = []
    if result.average is not None:
        lines.append(f"Average bus bandwidth, all sizes: {result.average:g} GB/s")
    if result.measured is not None and result.message is not None:
        lines.append(f"Average bus bandwidth at {gib(result.message)}: {result.measured:.2f} GB/s")
    return [*lines, f"Verdict: {result.verdict}{' (stand-in)' if result.stand_in else ''}"]
