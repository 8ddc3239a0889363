"""Nodes are restarted by Slurm, one group at a time, and waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cluster_provision.errors import NotReady
from cluster_provision.fleet.command import CommandResult
from cluster_provision.orchestrators.slurm.nodes import look_at_nodes
from cluster_provision.orchestrators.slurm.restart import REASON, is_asked_for, restart

if TYPE_CHECKING:
    from collections.abc import Sequence

pytestmark = pytest.mark.usefixtures("no_pause")

NODES = tuple(f"n{number}" for number in range(8))
WAITS = f"State=MIXED+DRAIN+REBOOT_REQUESTED Reason={REASON}"
GONE = f"State=DOWN+DRAIN+REBOOT_ISSUED Reason={REASON} : reboot issued"
UP = "State=IDLE Reason=none"


class Restarting:
    """slurmctld, for which a node that is to restart is one after the other of these, a look each."""

    controller_name = "head"
    slurm_nodes = NODES

    def __init__(self, *states: str, others: str = UP) -> None:
        self.asked: list[str] = []
        self._states = states or (GONE, UP)
        self._others = others
        self._left: dict[str, list[str]] = {}

    def on_controller(self, words: Sequence[str], feed: str = "") -> CommandResult:
        if words[1] == "reboot":
            assert not any(len(left) > 1 for left in self._left.values()), "a group before is not back yet"
            self.asked.append(words[-1])
            first, _, last = words[-1].removeprefix("n").strip("[]").partition("-")
            names = [f"n{number}" for number in range(int(first), int(last or first) + 1)]
            self._left = {name: list(self._states) for name in names}
            return CommandResult(b"", b"", 0)
        return CommandResult("".join(f"NodeName={name} {self._look(name)}\n" for name in NODES).encode(), b"", 0)

    def _look(self, name: str) -> str:
        left = self._left.get(name, [self._others])
        return left.pop(0) if len(left) > 1 else left[0]


def test_a_quarter_of_the_nodes_is_restarted_at_a_time() -> None:
    controller = Restarting()
    restart(controller, NODES[:5], 1, 1, lambda _: None)
    assert controller.asked == ["n[0-1]", "n[2-3]", "n4"]


def test_jobs_are_waited_for_apart_from_the_restart_itself() -> None:
    controller = Restarting(WAITS, WAITS, WAITS, UP)
    restart(controller, NODES[:1], 1, 0, lambda _: None)
    assert controller.asked == ["n0"]


def test_no_further_group_is_restarted_where_jobs_run_on() -> None:
    controller = Restarting(WAITS)
    with pytest.raises(NotReady, match=r"jobs still run on n\[0-1\], which waits for its restart"):
        restart(controller, NODES, 0, 1, lambda _: None)
    assert controller.asked == ["n[0-1]"]


def test_no_further_group_is_restarted_where_one_does_not_come_back() -> None:
    controller = Restarting(GONE)
    with pytest.raises(NotReady, match=r"n\[0-1\] did not come back"):
        restart(controller, NODES, 1, 0, lambda _: None)
    assert controller.asked == ["n[0-1]"]


@pytest.mark.parametrize(
    ("state", "ours"), [(WAITS, True), (GONE, True), ("State=IDLE+DRAIN Reason=disk", False), (UP, False)]
)
def test_a_node_that_waits_for_its_restart_is_told_from_one_that_somebody_has_drained(state: str, ours: bool) -> None:
    assert is_asked_for(look_at_nodes(Restarting(others=state)), "n3") is ours
