"""Nodes are restarted by Slurm, one group at a time, and waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cluster_provision.errors import NotReady
from cluster_provision.fleet.command import CommandResult
from cluster_provision.orchestrators.slurm.restart import restart

if TYPE_CHECKING:
    from collections.abc import Sequence

NODES = tuple(f"n{number}" for number in range(8))


class Restarting:
    """slurmctld, for which a restarted node is away for one look."""

    controller_name = "head"
    slurm_nodes = NODES

    def __init__(self, stays_away: str = "") -> None:
        self.asked: list[str] = []
        self._away: set[str] = set()
        self._stays_away = stays_away

    def on_controller(self, words: Sequence[str], feed: str = "") -> CommandResult:
        if words[1] == "reboot":
            assert not self._away, "a group before is not back yet"
            self.asked.append(words[-1])
            first, _, last = words[-1].removeprefix("n").strip("[]").partition("-")
            self._away = {f"n{number}" for number in range(int(first), int(last or first) + 1)}
            return CommandResult(b"", b"", 0)
        lines = "".join(
            f"NodeName={name} State={'DOWN+REBOOT_ISSUED' if name in self._away else 'IDLE'} Reason=none\n"
            for name in NODES
        )
        self._away &= {self._stays_away}
        return CommandResult(lines.encode(), b"", 0)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cluster_provision.readiness.polling.FIRST_SECONDS", 0.001)


def test_a_quarter_of_the_nodes_is_restarted_at_a_time() -> None:
    controller = Restarting()
    restart(controller, NODES[:5], 1, lambda _: None)
    assert controller.asked == ["n[0-1]", "n[2-3]", "n4"]


def test_no_further_group_is_restarted_where_one_does_not_come_back() -> None:
    controller = Restarting(stays_away="n1")
    with pytest.raises(NotReady, match=r"n\[0-1\] did not come back"):
        restart(controller, NODES, 0, lambda _: None)
    assert controller.asked == ["n[0-1]"]
