"""The benchmark of a Slurm cluster: NCCL's all-reduce over its idle nodes, and the search for those that spoil it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from cluster_provision.fleet.nccl.device_limits import limits_of
from cluster_provision.fleet.nccl.plan import MachineClass
from cluster_provision.fleet.nccl.verdict import ORDER, Judgement
from cluster_provision.orchestrators.slurm.all_reduce import Extent, Program, all_reduce
from cluster_provision.orchestrators.slurm.assess import NETWORK, assess, like_the_whole
from cluster_provision.orchestrators.slurm.controller import Controller
from cluster_provision.orchestrators.slurm.free_nodes import free_nodes
from cluster_provision.orchestrators.slurm.gpu_look import look_at_gpus
from cluster_provision.orchestrators.slurm.search import found_text, search
from cluster_provision.result import BenchmarkLimits, BenchmarkResult
from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.orchestrators.slurm.assess import Assessed
    from cluster_provision.orchestrators.slurm.free_nodes import FreeNodes
    from cluster_provision.orchestrators.slurm.gpu_look import Looked
    from cluster_provision.result import BenchmarkSearch

WHOLE = Extent(1 << 20, 4 << 30, 1200)
"""1 MiB to 4 GiB."""
FIRST = Extent(1 << 20, 512 << 20, 600)
"""1 MiB to 512 MiB: what ends the first Create."""
SEARCH_LIMIT = 300
"""Seconds of each further run: one that hangs is told sooner."""
NO_PROGRAM = (
    "nothing was measured: NCCL_TESTS names no folder on the nodes with all_reduce_perf, nor NCCL_TESTS_IMAGE an image"
)
GPUS, NODES, ALL_REDUCE, SEARCH = "GPUs", "nodes", "all-reduce", "search"


@runtime_checkable
class BenchmarkedController(Controller, Protocol):
    """A cluster on which the all-reduce can be measured."""

    def nccl_program(self) -> Program | None:
        """Where nccl-tests is, None where nobody says."""

    @property
    def strict_health(self) -> bool:
        """Whether what is unknown is taken for a failure."""


@dataclass(frozen=True)
class Benchmarked:
    """What came of it: findings, and the result where something was run.

    `cannot_run` says why the program didn't begin, which tells nothing of the nodes.
    """

    findings: tuple[Judgement, ...]
    result: BenchmarkResult | None = None
    cannot_run: str = ""


def benchmark(controller: BenchmarkedController, extent: Extent, tell: Callable[[str], None]) -> Benchmarked:
    """Measure the free nodes; raises NotReady where slurmctld doesn't answer."""
    program = controller.nccl_program()
    if program is None:
        return Benchmarked((Judgement(ALL_REDUCE, "unknown", NO_PROGRAM),))
    free = free_nodes(controller)
    nodes = _nodes(free)
    if not free.nodes:
        return Benchmarked((nodes,))
    tell(f"what {fold_hostlist(free.nodes)} have")
    looked = look_at_gpus(controller, program, free)
    there = _gpus(free, looked)
    if there.verdict != "ok":
        return Benchmarked((nodes, there))
    if program.path and (without := [name for name, each in looked.nodes.items() if not each.program]):
        told = f"{program.path} is not there, or can't be run, on {fold_hostlist(without)}"
        return Benchmarked((nodes, there, Judgement(ALL_REDUCE, "unknown", told)), cannot_run=told)
    network = program.networks.get(free.partition)
    machine = replace(_machine(free, looked, extent), transport=network.transport if network else "")

    def over(some: tuple[str, ...], machine: MachineClass, extent: Extent) -> Assessed:
        return assess(all_reduce(controller, program, free.partition, some, free.gpus, extent), machine)

    tell(f"all-reduce over {fold_hostlist(free.nodes)}")
    whole = over(free.nodes, machine, extent)
    searched = None
    if whole.bad and len(free.nodes) > 1 and not _named_already(whole):
        part = like_the_whole(machine, whole.judged, len(free.nodes))
        shorter = replace(extent, limit=min(extent.limit, SEARCH_LIMIT))
        bad = whole.ran.first.nodes if whole.ran.first else ()
        searched = search(free.nodes, bad, lambda some: over(some, part, shorter), tell)
    return Benchmarked(
        (nodes, there, *_of_the_run(whole, searched)), _result(free, machine, whole, searched), whole.cannot_run
    )


def _nodes(free: FreeNodes) -> Judgement:
    if not free.left_out:
        return Judgement(NODES, "ok", f"all {len(free.nodes)}")
    by_why: dict[str, list[str]] = {}
    for name, why in free.left_out.items():
        by_why.setdefault(why, []).append(name)
    told = "; ".join(f"{fold_hostlist(names)}: {why}" for why, names in by_why.items())
    return Judgement(NODES, "unknown", f"{'left out' if free.nodes else 'no node is free'}: {told}")


def _gpus(free: FreeNodes, looked: Looked) -> Judgement:
    """A node that shows fewer GPUs than Slurm counts is broken, and nothing is run."""
    if looked.failure:
        return Judgement(GPUS, "unknown", looked.failure)
    if divided := [name for name, each in looked.nodes.items() if each.mig]:
        told = f"{fold_hostlist(divided)}: the GPUs are divided (MIG), and NCCL can't go from one part to another"
        return Judgement(GPUS, "unknown", told)
    few = [
        f"{name} shows {each.gpus} of {free.gpus} GPUs" for name, each in looked.nodes.items() if each.gpus < free.gpus
    ]
    if few:
        return Judgement(GPUS, "failed", "; ".join(few))
    return Judgement(GPUS, "ok", f"{free.gpus or 'none'} on each of {len(free.nodes)}")


def _machine(free: FreeNodes, looked: Looked, extent: Extent) -> MachineClass:
    words = looked.device.replace("-", " ").split()
    model = next((word for word in words if word not in ("NVIDIA", "Tesla")), "")
    size = f"node with {free.gpus} {model or 'GPUs'}" if free.gpus else "node without GPUs"
    limits = limits_of(looked.device, free.gpus, looked.fabric, extent.end) if free.gpus else ()
    return MachineClass(size, free.gpus or 1, model, looked.fabric > 0, "slurm", limits)


def _named_already(whole: Assessed) -> bool:
    """Whether it was slow since NCCL went by Ethernet: the nodes that did are named."""
    return any(each.name == NETWORK and each.verdict == "failed" for each in whole.judged.findings)


def _of_the_run(whole: Assessed, searched: BenchmarkSearch | None) -> tuple[Judgement, ...]:
    """The run's findings, how it ended under the name of the whole, and who is to blame."""
    findings = tuple(
        replace(each, name=ALL_REDUCE if each.name == "end" else f"{ALL_REDUCE} {each.name}")
        for each in whole.judged.findings
    )
    if searched is None:
        return findings
    verdict = "failed" if any(each.verdict == "failed" for each in whole.judged.findings) else "warn"
    return (*findings, Judgement(f"{ALL_REDUCE} {SEARCH}", verdict, found_text(searched)))  # type: ignore[arg-type]


def _result(
    free: FreeNodes, machine: MachineClass, whole: Assessed, searched: BenchmarkSearch | None
) -> BenchmarkResult | None:
    output, judged, line = whole.ran.output, whole.judged, whole.judged.threshold
    if whole.cannot_run or (whole.ran.no_nodes and not whole.ran.began):
        return None
    return BenchmarkResult(
        size=machine.size,
        nodes=len(free.nodes),
        ranks=machine.gpus * len(free.nodes),
        command=output.command,
        verdict=max((each.verdict for each in judged.findings), key=ORDER.index),
        network=output.network,
        networks={host: told.network for host, told in output.networks.items()},
        devices=tuple(sorted({device for devices in output.devices.values() for device in devices})),
        message=judged.message,
        measured=judged.measured,
        average=output.average,
        limits=BenchmarkLimits(line.message, line.fail, line.warn, line.expected, line.source) if line else None,
        rows=tuple(output.rows),
        stand_in=output.stand_in,
        left_out=dict(free.left_out),
        search=searched,
    )
