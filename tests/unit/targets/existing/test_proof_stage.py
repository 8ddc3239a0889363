"""What Create's last stage says of the jobs that prove the cluster."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from cluster_provision.result import Check, Result
from cluster_provision.stage import Site
from cluster_provision.targets.existing.stages import prove_changed
from tests.unit.orchestrators.slurm.controllers import result, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.fleet.command import CommandResult
    from cluster_provision.orchestrators.slurm.container_proof import Way

MET = "proof node1 met-0\nproof node2 met-1\n"
RAN = "contained node1\ncontained node2\n"
REFUSED = "srun: error: Unable to allocate resources: Invalid account\n"


@dataclass
class Target:
    """Two nodes of one partition; the second job in a container answers as given."""

    container_jobs: Way | None = "--container"
    contained: CommandResult = field(default_factory=lambda: result(RAN))
    settings: Any = field(default_factory=lambda: SimpleNamespace(proof_timeout=10))
    slurm_nodes: tuple[str, ...] = ("node1", "node2")
    changed_nodes: tuple[str, ...] = ("node1", "node2")
    controller_name: str = "head"
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def partitions_of(self, nodes: Sequence[str]) -> dict[str, list[str]]:
        return {"batch": list(nodes)} if nodes else {}

    def on_controller(self, words: Sequence[str], feed: str = "") -> CommandResult:
        self.asked.append(tuple(words))
        if words[0] == "scontrol":
            return result("\n".join(shown(name) for name in self.slurm_nodes))
        return self.contained if "setpriv" in words else result(MET)


@dataclass
class Shown:
    concluded: str = ""

    def update(self, text: str, done: int | None = None, total: int | None = None) -> None:
        pass

    def conclude(self, detail: str) -> None:
        self.concluded = detail


def proven(target: Target) -> tuple[list[Check], str, list[str]]:
    """The checks, the step's line, and the lines that were said."""
    found, line = Result("create"), Shown()
    facts: Any = SimpleNamespace(unfinished=False, settled=True)
    nothing: Any = None
    given: Any = target
    said: list[str] = []
    prove_changed(given, Site(nothing, facts, found, line, said.append, []))
    return found.checks, line.concluded, said


def test_the_container_jobs_outcome_stands_beside_the_first_jobs() -> None:
    checks, line, _ = proven(Target())
    assert checks == [
        Check("proof", "ok", "a job ran on 2 of 2 nodes, which met by PMIx"),
        Check("container job", "ok", "a job ran in a container on 2 of 2 nodes, by --container"),
    ]
    assert line.endswith("; a job ran in a container on 2 of 2 nodes, by --container")


def test_where_container_jobs_are_not_set_up_that_is_said_and_no_pass() -> None:
    target = Target(container_jobs=None)
    checks, line, _ = proven(target)
    assert checks[1] == Check("container job", "unknown", "container jobs are not set up")
    assert line.endswith("; container jobs are not set up")
    assert not any("setpriv" in words for words in target.asked)


def test_a_container_job_that_slurm_refuses_is_unknown_with_its_words() -> None:
    checks, _, said = proven(Target(contained=result("", REFUSED, 1)))
    assert checks[1].status == "unknown"
    assert "on 0 of 2 nodes" in checks[1].detail and "Invalid account" in checks[1].detail
    assert any(line.startswith("Note: the container job: ") for line in said)


def test_nothing_changed_runs_no_container_job_either() -> None:
    target = Target(changed_nodes=())
    checks, line, _ = proven(target)
    assert [check.name for check in checks] == ["proof"]
    assert line == "no job was run: this run changed nothing"
    assert len(target.asked) == 1
