"""Judges a run: a list of findings, and the worst of them as the verdict. Unknown is never a pass."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from statistics import fmean
from typing import TYPE_CHECKING, Literal

from cluster_provision.fleet.nccl.thresholds import threshold_for

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cluster_provision.fleet.nccl.network import Network, Told
    from cluster_provision.fleet.nccl.output import Output
    from cluster_provision.fleet.nccl.plan import MachineClass
    from cluster_provision.fleet.nccl.thresholds import Threshold

Verdict = Literal["ok", "warn", "failed", "unknown"]
ORDER: tuple[Verdict, ...] = ("ok", "warn", "unknown", "failed")
"""From best to worst."""
SHOWN = 8
"""How many sizes or hosts a finding names."""
ALONE = (
    "this all_reduce_perf is built without MPI, or mpirun and it do not know each other (srun: no PMIx, or without "
    "--mpi=pmix), so nothing was measured between them"
)

STOOD_IN = "(stand-in) a program of the rehearsal did it by MPI in main memory, and no GPU was involved"


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
    """Judge a run that came to its end on so many machines."""
    threshold, message, measured = measured_of(output, machine, nodes)
    findings = [_results(output), *_ranks(output, machine, nodes), *_network(output, machine, nodes)]
    if output.alone:
        findings.append(Judgement("bandwidth", "unknown", "nothing was measured between the machines"))
    elif output.stand_in:
        findings.append(Judgement("bandwidth", "unknown", STOOD_IN))
    else:
        findings.append(_bandwidth(output, machine, nodes, threshold, measured))
    return Judged(tuple(findings), threshold, message, measured)


def broken_off(output: Output, machine: MachineClass, nodes: int, finding: Judgement) -> Judged:
    """What there is of a run that didn't come to its end; `finding` says how it ended."""
    return Judged((finding,), *measured_of(output, machine, nodes))


def measured_of(output: Output, machine: MachineClass, nodes: int) -> tuple[Threshold | None, int | None, float | None]:
    """The limits, the message size that is looked at, and what was measured there by all machines together."""
    threshold = threshold_for(machine.size, nodes, machine.limits)
    message = threshold.message if threshold else max((row.bytes for row in output.rows), default=None)
    at_message = [b for row in output.rows if row.bytes == message for b in (row.busbw, row.in_place_busbw)]
    return threshold, message, fmean(at_message) if at_message and not output.alone else None


def gib(size: int) -> str:
    """Format bytes for people: 16 GiB, 512 KiB."""
    for power, unit in ((30, "GiB"), (20, "MiB"), (10, "KiB")):
        if size >= 1 << power:
            return f"{size / (1 << power):g} {unit}"
    return f"{size} B"


def _results(output: Output) -> Judgement:
    """Values that came out wrong are worse than slow ones. What can't be read, or isn't there, is unknown."""
    counts = [count for row in output.rows for count in (row.wrong, row.in_place_wrong)]
    wrong = max(sum(count for count in counts if count), output.out_of_bounds or 0)
    if wrong:
        return Judgement("results", "failed", f"{wrong} values are wrong")
    if not output.rows:
        return Judgement("results", "unknown", "it printed no row that can be read")
    missing = missing_rows(output)
    if missing:
        return Judgement("results", "unknown", missing)
    if not output.ended:
        return Judgement("results", "unknown", "what stands below the rows is missing: it may not have come to its end")
    if None in counts:
        return Judgement("results", "unknown", "the values were not checked")
    return Judgement("results", "ok", f"{len(output.rows)} rows, no value wrong")


def missing_rows(output: Output) -> str:
    """Which rows that were asked for aren't there or can't be read, in words; empty where all are."""
    if output.unread:
        return f"rows could not be read: {_some(output.unread)}"
    times = Counter(row.bytes for row in output.rows)
    absent = [size for size in output.wanted if size not in times]
    if absent:
        reduced = output.asked.reduced if output.asked else None
        why = f"; it reduced the largest message to {gib(reduced)}, for want of memory" if reduced else ""
        return f"rows that were asked for are missing: {_some(absent)}{why}"
    most = output.cycles or max(times.values())
    fewer = [size for size, count in times.items() if count < most and not output.alone]
    return f"some of the {most} rows of each size are missing: {_some(fewer)}" if fewer else ""


def _some(sizes: Iterable[int]) -> str:
    found = [gib(size) for size in sorted(set(sizes))]
    return ", ".join(found[:SHOWN]) + (f" and {len(found) - SHOWN} more" if len(found) > SHOWN else "")


def _ranks(output: Output, machine: MachineClass, nodes: int) -> Iterable[Judgement]:
    total, wanted = len(output.ranks), machine.gpus * nodes
    if output.alone:
        yield Judgement("ranks", "unknown", f"{output.alone} processes measured each by itself: {ALONE}")
    elif total and wanted not in (total, output.ranks_told):
        if max(output.ranks) + 1 < wanted:
            there = {host: len(devices) for host, devices in output.devices.items()}
            few = ", ".join(f"{host} {count}" for host, count in there.items() if count != machine.gpus)
            yield Judgement("ranks", "failed", f"{total} of {wanted} GPUs took part" + (f": {few}" if few else ""))
        else:
            read = f"{total} of {wanted} GPUs could be read in the list of those that took part"
            yield Judgement("ranks", "unknown", read)


def _network(output: Output, machine: MachineClass, nodes: int) -> Iterable[Judgement]:
    if machine.transport and nodes > 1 and not output.alone:
        yield _transport(output, machine.transport)
    if not machine.infiniband or nodes < 2 or output.alone:
        return
    told = output.networks
    if output.network == "infiniband":
        yield Judgement("network", "ok", "NCCL uses InfiniBand")
    elif output.network == "nvlink":
        yield Judgement("network", "ok", "NCCL uses NVLink between the machines")
    elif output.network == "ethernet":
        slow = _hosts_by(told, "ethernet")
        others = [host for host, each in told.items() if each.network != "ethernet"]
        only = f", and not {_names(others)}" if others else ""
        yield Judgement(
            "network",
            "failed",
            f"NCCL uses Ethernet although the machines have InfiniBand: it fell back silently on {slow}{only}",
        )
    else:
        where = f": {_hosts_by(told, 'unknown')}" if told else ""
        yield Judgement("network", "unknown", f"NCCL didn't name the network between the machines{where}")


def _transport(output: Output, wanted: str) -> Judgement:
    """Whether all machines go by the plugin's network; NCCL falls back to plain TCP silently."""
    told = output.networks
    if told and all(each.by.startswith(f"NET/{wanted}") for each in told.values()):
        return Judgement("network", "ok", f"NCCL uses {wanted}")
    if output.network == "ethernet":
        slow = _hosts_by(told, "ethernet")
        return Judgement("network", "failed", f"NCCL goes by plain TCP in the place of {wanted} on {slow}")
    others = {host: each for host, each in told.items() if not each.by.startswith(f"NET/{wanted}")}
    named = f": {_hosts_by(others, 'unknown')}" if others else ""
    return Judgement("network", "unknown", f"NCCL didn't name {wanted} as the network between all machines{named}")


def _hosts_by(told: Mapping[str, Told], network: Network) -> str:
    """Hosts by the card or transport that they use: "vm-0, vm-1 (mlx5_an0:1/RoCE)"."""
    groups: dict[str, list[str]] = {}
    for host, each in told.items():
        if each.network == network:
            groups.setdefault(each.by, []).append(host or "a machine that isn't named")
    return "; ".join(_names(hosts) + (f" ({by})" if by else "") for by, hosts in groups.items())


def _names(hosts: list[str]) -> str:
    return ", ".join(hosts[:SHOWN]) + (f" and {len(hosts) - SHOWN} more" if len(hosts) > SHOWN else "")


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
