"""Judges a run: a list of findings, and the worst of them as the verdict. Unknown is never a pass."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cluster_provision.fleet.nccl.output import Output
    from cluster_provision.fleet.nccl.plan import MachineClass

_TABLE = Path(__file__).with_name("thresholds.toml")

Verdict = Literal["ok", "warn", "failed", "unknown"]
ORDER: tuple[Verdict, ...] = ("ok", "warn", "unknown", "failed")
"""From best to worst."""


@dataclass(frozen=True)
class Threshold:
    """A line of the table: GB/s of bus bandwidth at `message` bytes; None where the source has no such figure."""

    size: str
    nodes: tuple[int, int]
    message: int
    fail: float
    source: str
    warn: float | None = None
    expected: float | None = None


@dataclass(frozen=True)
class Judgement:
    """One judged aspect of the run."""

    name: str
    verdict: Verdict
    detail: str


@dataclass(frozen=True)
class Judged:
    """`measured` is the average at the threshold's message size, or at the largest one; None if nothing ran."""

    findings: tuple[Judgement, ...]
    threshold: Threshold | None
    message: int | None
    measured: float | None

    @property
    def verdict(self) -> Verdict:
        """The worst of the findings."""
        return max((finding.verdict for finding in self.findings), key=ORDER.index)

    def with_finding(self, finding: Judgement) -> Judged:
        """Return the same with one more finding."""
        return replace(self, findings=(*self.findings, finding))


def judge(output: Output, machine: MachineClass, nodes: int) -> Judged:
    """Judge a completed run on this many machines."""
    threshold = threshold_for(machine.size, nodes)
    message = threshold.message if threshold else max((row.bytes for row in output.rows), default=None)
    at_message = [b for row in output.rows if row.bytes == message for b in (row.busbw, row.in_place_busbw)]
    measured = fmean(at_message) if at_message else None
    findings = [_results(output), *_devices(output, machine, nodes), *_network(output, machine, nodes)]
    findings.append(_bandwidth(output, machine, nodes, threshold, measured))
    return Judged(tuple(findings), threshold, message, measured)


def threshold_for(size: str, nodes: int) -> Threshold | None:
    """Return the table's line for this many machines of this size, or None if no normal figure is published."""
    return next(
        (t for t in thresholds() if t.size.casefold() == size.casefold() and t.nodes[0] <= nodes <= t.nodes[1]), None
    )


@cache
def thresholds() -> tuple[Threshold, ...]:
    lines = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["threshold"]
    return tuple(Threshold(**{**line, "nodes": tuple(line["nodes"])}) for line in lines)


def gib(size: int) -> str:
    """Format bytes for people: 16 GiB, 512 KiB."""
    for power, unit in ((30, "GiB"), (20, "MiB"), (10, "KiB")):
        if size >= 1 << power:
            return f"{size / (1 << power):g} {unit}"
    return f"{size} B"


def _results(output: Output) -> Judgement:
    """Judge the values: wrong ones are worse than slow ones."""
    if not output.rows:
        return Judgement("results", "failed", "it printed no rows")
    counts = [count for row in output.rows for count in (row.wrong, row.in_place_wrong)]
    wrong = sum(count for count in counts if count)
    if wrong:
        return Judgement("results", "failed", f"{wrong} values are wrong")
    if None in counts:
        return Judgement("results", "unknown", "the values were not checked")
    return Judgement("results", "ok", f"{len(output.rows)} rows, no value wrong")


def _devices(output: Output, machine: MachineClass, nodes: int) -> Iterable[Judgement]:
    there = {host: len(devices) for host, devices in output.devices.items()}
    total, wanted = sum(there.values()), machine.gpus * nodes
    if there and total != wanted:
        few = ", ".join(f"{host} {count}" for host, count in there.items() if count != machine.gpus)
        yield Judgement("ranks", "failed", f"{total} of {wanted} GPUs took part" + (f": {few}" if few else ""))


def _network(output: Output, machine: MachineClass, nodes: int) -> Iterable[Judgement]:
    if not machine.infiniband or nodes < 2:
        return
    if output.network == "infiniband":
        yield Judgement("network", "ok", "NCCL uses InfiniBand")
    elif output.network == "ethernet":
        yield Judgement(
            "network", "failed", "NCCL uses Ethernet although the machines have InfiniBand: it fell back silently"
        )
    else:
        yield Judgement("network", "unknown", "NCCL didn't name the network between the machines")


def _bandwidth(
    output: Output, machine: MachineClass, nodes: int, threshold: Threshold | None, measured: float | None
) -> Judgement:
    foreign = sorted({d for devices in output.devices.values() for d in devices if not _is(d, machine.accelerator)})
    if foreign or not output.devices:
        named = f"the devices are named {', '.join(foreign[:3])}" if foreign else "no device was named"
        return Judgement("bandwidth", "unknown", f"{named}, not {machine.accelerator}: figures for it don't apply")
    if threshold is None:
        return Judgement("bandwidth", "unknown", f"no normal figure is published for {nodes} of {machine.size}")
    if measured is None:
        return Judgement("bandwidth", "unknown", f"there is no row of {gib(threshold.message)}, the size to judge by")
    told = f"{measured:.1f} GB/s at {gib(threshold.message)}"
    if measured < threshold.fail:
        return Judgement("bandwidth", "failed", f"{told}, below {threshold.fail:g} ({threshold.source})")
    if threshold.warn is not None and measured < threshold.warn:
        return Judgement("bandwidth", "warn", f"{told}, below {threshold.warn:g} ({threshold.source})")
    return Judgement("bandwidth", "ok", f"{told}, at least {threshold.warn or threshold.fail:g} ({threshold.source})")


def _is(device: str, accelerator: str) -> bool:
    model = accelerator.replace(",", " ").split()[0] if accelerator else ""
    return bool(model) and model.casefold() in device.casefold().replace("-", " ").split()
