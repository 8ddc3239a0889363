"""The benchmark that ends the first Create: what fails it, and what is a warning."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.errors import Unhealthy
from cluster_provision.orchestrators.slurm.first_benchmark import benchmark_first
from cluster_provision.result import Result
from cluster_provision.stage import Site
from tests.unit.orchestrators.slurm.machines import SLOW, Machines, Node, broken, good, lyra, said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.fleet.command import CommandResult


@dataclass
class Shown:
    """What the stage shows."""

    lines: list[str] = field(default_factory=list)
    concluded: str = ""

    def update(self, text: str, done: int | None = None, total: int | None = None) -> None:
        pass

    def conclude(self, detail: str) -> None:
        self.concluded = detail


def proven(machines: Machines) -> tuple[Result, Shown]:
    result, shown = Result("create"), Shown()
    nothing: Any = None
    benchmark_first(machines, Site(nothing, nothing, result, shown, shown.lines.append, []))
    return result, shown


def small(nodes: Sequence[str], busbw: float = 400.0) -> CommandResult:
    return good(nodes, busbw, largest=29)


def test_rows_of_a_good_run_are_in_the_result() -> None:
    result, shown = proven(Machines(lyra(2), small))
    assert result.benchmark is not None
    assert len(result.benchmark.rows) == 10
    assert shown.concluded == "ok: 10 rows over 2 nodes, 16 ranks"
    assert {check.name for check in result.checks} >= {"GPUs", "all-reduce nodes", "all-reduce results"}


def test_a_wrong_value_fails_create_and_names_the_node() -> None:
    def run(nodes: Sequence[str]) -> CommandResult:
        text = small(nodes).stdout.decode()
        return said(text.replace("values : 0 OK", "values : 7 FAILED") if "lyra02" in nodes else text)

    with pytest.raises(Unhealthy, match=r"7 values are wrong.*bad: lyra02"):
        proven(Machines(lyra(4), run))


def test_a_run_that_breaks_off_fails_create() -> None:
    def run(nodes: Sequence[str]) -> CommandResult:
        return broken(nodes, "lyra02") if "lyra02" in nodes else small(nodes)

    with pytest.raises(Unhealthy, match="task 3 on lyra02: exited with exit code 3"):
        proven(Machines(lyra(4), run))


def test_a_node_with_fewer_gpus_fails_create() -> None:
    with pytest.raises(Unhealthy, match="lyra03 shows 7 of 8 GPUs"):
        proven(Machines({**lyra(2), "lyra03": Node(gpus=7)}))


def test_a_slow_node_is_a_warning_that_names_it() -> None:
    machines = Machines(lyra(2), lambda nodes: small(nodes, SLOW if "lyra02" in nodes else 400.0))
    result, shown = proven(machines)
    assert "Warning: all-reduce search: bad: lyra02, which fails with no other bad node beside it (2 further runs)" in (
        shown.lines
    )
    assert result.benchmark is not None
    assert result.benchmark.verdict == "failed"


def test_nodes_that_nobody_could_measure_are_a_note() -> None:
    for machines in (Machines(lyra(2), program=None), Machines(lyra(2, state="ALLOCATED"))):
        result, shown = proven(machines)
        assert shown.concluded == "unknown: nothing was measured"
        assert [check.status for check in result.checks] == ["unknown"]
        assert shown.lines[0].startswith("Note: ")
