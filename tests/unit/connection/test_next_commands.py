"""The last lines of Create name the commands that follow, as Create itself was called."""

from __future__ import annotations

import sys
from decimal import Decimal

import pytest

from cluster_provision.connection import next_commands as module
from cluster_provision.connection.next_commands import next_commands
from cluster_provision.connection.text import connection_text
from cluster_provision.price import Price
from cluster_provision.result import Cluster, Result


@pytest.mark.parametrize(
    ("program", "inside", "status"),
    [
        ("/opt/cluster-provision/entrypoint.py", True, "docker run <options of this run> <image> Status"),
        ("/my tools/entrypoint.py", False, "/usr/bin/python3 '/my tools/entrypoint.py' Status"),
        ("/usr/local/bin/cluster-provision", False, "/usr/local/bin/cluster-provision Status"),
    ],
)
def test_they_are_called_as_create_was(
    monkeypatch: pytest.MonkeyPatch, program: str, status: str, *, inside: bool
) -> None:
    monkeypatch.setattr(sys, "executable", "/usr/bin/python3")
    monkeypatch.setattr(sys, "argv", [program, "Create"])
    monkeypatch.setattr(module, "in_container", lambda: inside)
    (line,) = next_commands({"Status": "look"})
    assert line == f"{status}  # look"


def test_they_are_the_last_lines_of_the_connection_text() -> None:
    result = Result("create", cluster=Cluster("demo", "1a2b3c", "gcp", "vms"))
    text = connection_text(result, ("x Status", "x Destroy"), state_title="State")
    assert text.splitlines()[-3:] == ["What next, with the same settings:", "  x Status", "  x Destroy"]


def test_what_the_cluster_costs_is_in_the_first_line() -> None:
    result = Result("create", cluster=Cluster("demo", "1a2b3c", "gcp", "vms"), price=Price(Decimal("1.5"), ()))
    assert "1.50 USD an hour" in connection_text(result, state_title="State").splitlines()[0]


def test_a_cluster_that_ends_with_its_run_has_none() -> None:
    result = Result("create", cluster=Cluster("demo", "1a2b3c", "gcp", "vms"))
    assert "Destroy" not in connection_text(result, state_title="State")
