"""Benchmark: what NCCL gets out of the cluster's GPUs together, and whether that is what it should be."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.actions.benchmark_text import benchmark_text
from cluster_provision.actions.fleet import counted, not_here, reach_the_fleet, require_none_failed
from cluster_provision.actions.run_report.facts import note_cluster
from cluster_provision.actions.slurm.benchmark import benchmark_slurm
from cluster_provision.actions.update_hosts import HOSTS
from cluster_provision.errors import CommandFailed, ProvisionError, Unhealthy
from cluster_provision.fleet.nccl.measure import HUNG, Visible, look_at_gpus, measure
from cluster_provision.fleet.nccl.output import Output
from cluster_provision.fleet.nccl.plan import MachineClass, plan_for
from cluster_provision.fleet.nccl.verdict import Judged, Judgement, broken_off, gib, judge
from cluster_provision.orchestrators.slurm.benchmark import BenchmarkedController
from cluster_provision.result import BenchmarkLimits, BenchmarkResult, Check
from cluster_provision.run import Step, perform
from cluster_provision.targets.base import MeasuredTarget

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.fleet.fan_out import Outcome
    from cluster_provision.fleet.nccl.measure import Measured
    from cluster_provision.fleet.nccl.plan import RunPlan
    from cluster_provision.fleet.nccl.verdict import Verdict
    from cluster_provision.result import CheckStatus
    from cluster_provision.run import Run

ADVICE = "Health shows what each machine's own checks found; docs/benchmark.md has the settings and the limits."
IMAGE = (
    "Azure's HPC images have both. Elsewhere install Open MPI, and nccl-tests built with MPI=1 on every machine, in "
    "/opt/nccl-tests/build or on PATH, or boot from an image that has them; docs/benchmark.md."
)
NOT_RUN = (126, 127)
"""A shell's exit codes for a program that can't be run, and for one that isn't there."""
STATUS: dict[str, CheckStatus] = {"ok": "ok", "warn": "ok", "failed": "failed", "unknown": "unknown"}


def benchmark(run: Run) -> str:
    """Bring the keys up to date, count the GPUs, run the all-reduce, judge it. Slurm runs it where it has the nodes.

    Raises Unhealthy for a bad verdict, and with HEALTH_GATE=strict for an unknown one.
    """
    if isinstance(run.target, BenchmarkedController):
        return benchmark_slurm(run)
    _measured(run)
    reach_the_fleet(run)
    note_cluster(run)
    perform(run, (HOSTS, Step("all-reduce", _benchmark)))
    run.result.hosts = []
    assert run.result.benchmark is not None  # noqa: S101 - the last step's
    return benchmark_text(run.result.benchmark)


def _benchmark(run: Run) -> None:
    machine = _measured(run).nccl_machine()
    plan = plan_for(machine)
    there = look_at_gpus(run.fleet, plan, counted(run))
    require_none_failed([outcome.error for outcome in there])
    machine = _require_gpus(run, machine, there)
    _require_plugin(plan, there)
    topology = all(outcome.value and outcome.value.topology for outcome in there)
    output, nodes = Output(), len(run.fleet.hosts)
    try:
        measured = measure(run.fleet, plan, machine.gpus, partial(_tell, run), output, topology=topology)
    except ProvisionError:
        lost = Judgement("end", "unknown", "the connection to the head ended before it did")
        _keep(run, machine, output, broken_off(output, machine, nodes, lost))
        raise
    _require_end(run, measured, plan, machine)
    judged = judge(output, machine, nodes)
    if measured.exit_code:
        judged = judged.with_finding(Judgement("end", "failed", f"it ended with exit code {measured.exit_code}"))
    result = run.result.benchmark = _result(machine, nodes, output, judged)
    _note(run, judged.findings)
    run.progress.conclude(result.verdict)
    failed = [finding for finding in judged.findings if finding.verdict in _not_passed(run)]
    if failed:
        _show(run)
        raise Unhealthy("; ".join(f"{finding.name}: {finding.detail}" for finding in failed), ADVICE)


def _keep(run: Run, machine: MachineClass, output: Output, judged: Judged) -> None:
    """The rows of a run that broke off, which cost as much as those of a good one."""
    if output.rows:
        run.result.benchmark = _result(machine, len(run.fleet.hosts), output, judged)
        _show(run)


def _show(run: Run) -> None:
    if run.settings.output == "text" and run.result.benchmark is not None:
        run.console.clear()
        run.show(benchmark_text(run.result.benchmark))


def _not_passed(run: Run) -> tuple[Verdict, ...]:
    """As on Create: unknown is a warning, and a failure where the gate is strict."""
    return ("failed", "unknown") if _measured(run).strict_health else ("failed",)


def _measured(run: Run) -> MeasuredTarget:
    if not isinstance(run.target, MeasuredTarget):
        raise not_here("Benchmark", run.target.cluster)
    return run.target


def _require_gpus(run: Run, machine: MachineClass, there: Sequence[Outcome[Visible]]) -> MachineClass:
    """Raises Unhealthy where a machine shows fewer GPUs than its size has, or none."""
    seen = {outcome.host.name: outcome.value.gpus for outcome in there if outcome.value}
    wanted = machine.gpus or max(seen.values())
    few = [f"{name} shows {count} of {wanted or 'its'} GPUs" for name, count in seen.items() if count < max(wanted, 1)]
    detail = "; ".join(few) or f"{wanted} on each of {len(seen)}"
    run.result.checks.append(Check("GPUs", "failed" if few else "ok", detail))
    if few:
        raise Unhealthy(detail, "Run 'nvidia-smi -L' shows what the driver says there. " + ADVICE)
    return replace(machine, gpus=wanted)


def _require_plugin(plan: RunPlan, there: Sequence[Outcome[Visible]]) -> None:
    """Raises CommandFailed where several machines would do without what their GPUs' network needs of the image."""
    if plan.plugin is None or len(there) < 2:
        return
    without = [outcome.host.name for outcome in there if outcome.value and not outcome.value.plugin]
    if without:
        raise CommandFailed(
            f"NCCL's plugin for GPUDirect is not on {', '.join(without)}: there is none of "
            f"{', '.join(plan.plugin.folders)}",
            "An image with Google's GPUDirect software brings it; docs/benchmark.md says what each machine type needs.",
        )


def _require_end(run: Run, measured: Measured, plan: RunPlan, machine: MachineClass) -> None:
    """Raises what a run that didn't come to its end is: Unhealthy, or CommandFailed where a program is missing.
    One that only found values wrong has printed everything, and is judged by that."""
    output = measured.output
    if measured.exit_code == 0 or output.ended:
        return
    what = _what_was_said(output)
    if measured.exit_code in NOT_RUN and not output.rows:
        raise CommandFailed(f"the all-reduce can't be run on {run.fleet.head.name}; {what}", f"{IMAGE}\n{ADVICE}")
    if measured.exit_code == HUNG:
        short, told = f"hung, stopped after {plan.limit} s", f"hung and was stopped after {plan.limit} s"
    else:
        short = f"exit code {measured.exit_code}"
        told = f"ended with {short}" + (f": {output.said.reason}" if output.said.reason else "")
    run.result.checks.append(Check("all-reduce", "failed", short))
    _keep(run, machine, output, broken_off(output, machine, len(run.fleet.hosts), Judgement("end", "failed", short)))
    raise Unhealthy(f"the all-reduce {told}; {what}", ADVICE)


def _what_was_said(output: Output) -> str:
    """What ran, how far it came, what NCCL warned of, and the last lines beside the table."""
    lines = [f"it ran {output.command or 'nothing yet'}"]
    if output.rows or output.in_the_making:
        within = f", and broke off in the row of {gib(output.in_the_making[-1])}" if output.in_the_making else ""
        lines.append(f"measured {len(output.rows)} rows{within},")
    if output.said.warnings:
        lines += ["was warned by NCCL:", *(f"  {warning}" for warning in output.said.warnings)]
    lines += ["and printed at last:", *(f"  {line}" for line in output.said.lines or ["(nothing)"])]
    return "\n".join(lines)


def _result(machine: MachineClass, nodes: int, output: Output, judged: Judged) -> BenchmarkResult:
    line = judged.threshold
    return BenchmarkResult(
        size=machine.size,
        nodes=nodes,
        ranks=machine.gpus * nodes,
        command=output.command,
        verdict=judged.verdict,
        network=output.network,
        networks={host: told.network for host, told in output.networks.items()},
        devices=tuple(sorted({device for devices in output.devices.values() for device in devices})),
        message=judged.message,
        measured=judged.measured,
        average=output.average,
        limits=BenchmarkLimits(line.message, line.fail, line.warn, line.expected, line.source) if line else None,
        rows=tuple(output.rows),
        stand_in=output.stand_in,
    )


def _note(run: Run, findings: Sequence[Judgement]) -> None:
    for finding in findings:
        run.result.checks.append(Check(f"all-reduce {finding.name}", STATUS[finding.verdict], finding.detail))
        if finding.verdict in ("warn", "unknown"):
            run.console.say(f"Note: {finding.name}: {finding.detail}")


def _tell(run: Run, text: str) -> None:
    run.progress.update(text)
