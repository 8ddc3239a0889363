"""What a run of the all-reduce by srun comes to: how it ended, and how what it printed is judged."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cluster_provision.fleet.nccl.verdict import Judgement, broken_off, gib, judge

if TYPE_CHECKING:
    from cluster_provision.fleet.nccl.plan import MachineClass
    from cluster_provision.fleet.nccl.verdict import Judged
    from cluster_provision.orchestrators.slurm.all_reduce import Ran

END, RESULTS, BANDWIDTH, NETWORK = "end", "results", "bandwidth", "network"
SLOW = ("warn", "failed")
CANNOT_RUN = re.compile(
    r"\[ERROR\]|\bpyxis: (?:failed to|couldn't)|\bexecve\(\)|error while loading shared libraries|"
    r"no such file or directory|command not found|permission denied|\bMPI plugin\b|there is no all_reduce_perf",
    re.I,
)
"""Words of Enroot, Pyxis, slurmstepd, the loader and the shell for a program that can't be had or begun."""


@dataclass(frozen=True)
class Assessed:
    """A run and its judgement. `cannot_run` says why the program didn't begin at all, empty where it did."""

    ran: Ran
    judged: Judged
    cannot_run: str = ""

    @property
    def bad(self) -> bool:
        """Whether a node in it is slow or broken: it broke off, hung, was slow, or values came out wrong."""
        return any(
            (each.name in (END, RESULTS) and each.verdict == "failed")
            or (each.name == BANDWIDTH and each.verdict in SLOW)
            for each in self.judged.findings
        )

    @property
    def good(self) -> bool:
        """Whether it came to its end, with all values right, and was slow nowhere that is known."""
        verdicts = {each.name: each.verdict for each in self.judged.findings}
        return not self.bad and not self.cannot_run and verdicts.get(RESULTS) == "ok" and not self.ran.output.alone

    @property
    def detail(self) -> str:
        """What was wrong with it, or else what was measured, in a few words."""
        told = [each for each in self.judged.findings if each.name != NETWORK]
        wrong = [each for each in told if each.verdict == "failed"] or [each for each in told if each.verdict == "warn"]
        if wrong:
            return "; ".join(each.detail for each in wrong)
        if not self.good:
            return self.cannot_run or "; ".join(each.detail for each in told if each.verdict == "unknown")
        judged = self.judged
        return "" if judged.measured is None else f"{judged.measured:.1f} GB/s at {gib(judged.message or 0)}"


def assess(ran: Ran, machine: MachineClass) -> Assessed:
    """Judge a run over machines of this class."""
    nodes, output = len(ran.nodes), ran.output
    if ran.no_nodes:
        lost = Judgement(END, "unknown", ran.no_nodes)
        return Assessed(ran, broken_off(output, machine, nodes, lost))
    if why := _cannot_run(ran):
        return Assessed(ran, broken_off(output, machine, nodes, Judgement(END, "unknown", why)), why)
    if ran.exit_code and not output.ended:
        return Assessed(ran, broken_off(output, machine, nodes, Judgement(END, "failed", _how_it_broke(ran))))
    judged = judge(output, machine, nodes)
    if ran.exit_code:
        judged = judged.with_finding(Judgement(END, "failed", _how_it_ended(ran)))
    return Assessed(ran, judged)


def like_the_whole(machine: MachineClass, whole: Judged, nodes: int) -> MachineClass:
    """The same machines, for runs over fewer of them: judged by the limit of all, since fewer are no slower."""
    line = whole.threshold
    return machine if line is None else replace(machine, limits=(replace(line, nodes=(1, nodes)),))


def _cannot_run(ran: Ran) -> str:
    """Why the program didn't begin at all, empty where it did, or where tasks of it failed at their beginning."""
    said = ran.output.said
    lines = [line for line in said.lines if CANNOT_RUN.search(line)]
    if ran.began or ran.hung or (ran.exit_code and ran.first and not lines):
        return ""
    cause = said.cause if CANNOT_RUN.search(said.cause) else lines[0] if lines else said.reason
    told = [*([cause] if cause else []), *([ran.first.text()] if ran.first else [])]
    return f"all_reduce_perf did not begin: {'; '.join(told) or f'exit code {ran.exit_code}, and not a word'}"


def _how_it_broke(ran: Ran) -> str:
    """How it ended, which task failed first, how far it came, and what NCCL warned of."""
    output = ran.output
    sizes = output.in_the_making or [row.bytes for row in output.rows][-1:]
    at = ("in the row of" if output.in_the_making else "after") if sizes else ""
    far = f" {at} {gib(sizes[-1])}" if sizes else " before its first row"
    warned = f"; {'; '.join(output.said.warnings[:3])}" if output.said.warnings else ""
    cause = output.said.cause
    also = f"; {cause}" if cause and "srun: error:" not in cause else ""
    return f"broke off{far}: {_how_it_ended(ran)}{warned}{also}"


def _how_it_ended(ran: Ran) -> str:
    if ran.hung:
        return "hung and was stopped"
    return ran.first.text() if ran.first else f"exit code {ran.exit_code}"
