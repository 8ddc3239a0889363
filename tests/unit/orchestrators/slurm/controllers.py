"""A controller that answers as each test says, and remembers what it was asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cluster_provision.fleet.command import CommandResult
from cluster_provision.orchestrators.slurm.power import PROGRAM
from tests.unit.orchestrators.slurm.machines import NODE

if TYPE_CHECKING:
    from collections.abc import Sequence


NODES = tuple(f"demo-hpc-{number}" for number in range(1, 5))


def result(out: str = "", err: str = "", code: int = 0) -> CommandResult:
    return CommandResult(out.encode(), err.encode(), code)


def shown(name: str, state: str = "IDLE", reason: str = "", user: str = "root") -> str:
    """A line of `scontrol --oneliner show nodes`."""
    told = f" Reason={reason} [{user}@2026-11-30T17:00:00]" if reason else ""
    return NODE.format(name=name, gres="(null)", state=state, partitions="batch", reason=told)


@dataclass
class Controller:
    """`answers` are by the first words of a command; of several, each is given once, and the last for ever."""

    answers: dict[tuple[str, ...], list[CommandResult]]
    slurm_nodes: tuple[str, ...] = ("node1", "node2", "node3")
    controller_name: str = "head"
    asked: list[tuple[str, ...]] = field(default_factory=list)

    @classmethod
    def of(cls, *nodes: str, **more: list[CommandResult]) -> Controller:
        """One whose slurmctld shows these lines; `more` are answers to other programs."""
        found = {("scontrol", "--oneliner"): [result("\n".join(nodes))], ("scontrol", "update"): [result()]}
        return cls({**found, **{(name,): answers for name, answers in more.items()}})

    @property
    def updates(self) -> list[tuple[str, ...]]:
        return [words[2:] for words in self.asked if words[:2] == ("scontrol", "update")]

    def on_controller(self, words: Sequence[str], feed: str = "") -> CommandResult:
        self.asked.append(tuple(words))
        answers = next(found for begin, found in self.answers.items() if tuple(words[: len(begin)]) == begin)
        return answers.pop(0) if len(answers) > 1 else answers[0]


@dataclass
class Powered(Controller):
    login_names: tuple[str, ...] = ("demo-login-1",)
    switched: list[tuple[str, ...]] = field(default_factory=list)

    def start(self, logins: Sequence[str]) -> str:
        self.switched.append(("start", *logins))
        return ""

    def stop(self, logins: Sequence[str]) -> str:
        self.switched.append(("stop", *logins))
        return "; ssh from outside leads to demo-controller now"


def powered(out: str = "", err: str = "", code: int = 0) -> Powered:
    return Powered({(PROGRAM,): [result(out, err, code)]}, NODES, "demo-controller")
