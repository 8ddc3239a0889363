"""`Health again`: what a new run of the checks comes to on each host."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cluster_provision.errors import CommandFailed, Unreachable
from cluster_provision.fleet.model import Endpoint, Fleet, Host, Keys
from cluster_provision.fleet.run import Ended
from cluster_provision.health import recheck as again
from cluster_provision.health.records import CheckedNode
from cluster_provision.node import NodeHealth

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.fleet.run import Listener
    from cluster_provision.node import Verdict

HOSTS = tuple(Host(f"vm-{i}", f"10.0.0.{4 + i}") for i in range(2))
FLEET = Fleet(HOSTS[0], HOSTS, Endpoint("192.0.2.1"), "azureuser", Keys())


def ran(monkeypatch: pytest.MonkeyPatch, ended: Ended, said: bytes = b"") -> again.Again:
    """How it is told that the checks ended so on the second host."""

    def run(fleet: Fleet, command: str, listener: Listener, tell: Callable[[int, int], None]) -> list[Ended]:
        assert command == "sudo /opt/run-health-checks.sh"
        if said:
            listener.stderr(HOSTS[1], said)
        tell(2, 2)
        return [Ended(HOSTS[0], 0, None), ended]

    monkeypatch.setattr(again, "run_everywhere", run)
    told: list[tuple[int, int]] = []
    outcomes = again.check_again(FLEET, lambda done, total: told.append((done, total)))
    assert told == [(2, 2)]
    assert not outcomes["vm-0"].why
    return outcomes["vm-1"]


@pytest.mark.parametrize(
    ("code", "verdict", "confirmed"),
    [(0, "healthy", True), (0, "skipped", True), (1, "unhealthy", True), (2, "unknown", True), (0, "unhealthy", False)],
)
def test_the_record_counts_where_it_tells_of_this_run(
    monkeypatch: pytest.MonkeyPatch, code: int, verdict: Verdict, confirmed: bool
) -> None:
    outcome = ran(monkeypatch, Ended(HOSTS[1], code, CommandFailed("x") if code else None))

    found = outcome.confirm(CheckedNode("vm-1", NodeHealth(verdict)))

    assert found.verdict == (verdict if confirmed else "unknown")


@pytest.mark.parametrize(
    ("ended", "said", "why"),
    [
        (Ended(HOSTS[1], None, Unreachable("vm-1 does not answer")), b"", "vm-1 does not answer"),
        (Ended(HOSTS[1], 75, CommandFailed("x")), b"", "running there already"),
        (Ended(HOSTS[1], 127, CommandFailed("x")), b"sudo: not found\n", "exit code 127: sudo: not found"),
    ],
)
def test_a_host_that_ran_no_checks_is_unknown_whatever_it_was_before(
    monkeypatch: pytest.MonkeyPatch, ended: Ended, said: bytes, why: str
) -> None:
    found = ran(monkeypatch, ended, said).confirm(CheckedNode("vm-1", NodeHealth("healthy")))

    assert found.verdict == "unknown"
    assert why in found.health.checks[0].detail
