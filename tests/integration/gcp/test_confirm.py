"""CONFIRM=yes: Create and Destroy show plan and price, and ask once, at a terminal alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.integration.terminal import Terminal

if TYPE_CHECKING:
    from tests.integration.conftest import Tool


def answered(tool: Tool, action: str, question: str, answer: bytes) -> tuple[int, str]:
    """The exit code, and what the terminal has shown."""
    settings = {"CONFIRM": "yes", "VERBOSE": "no", "TERM": "dumb", "COLUMNS": "200"}
    terminal = Terminal(tool.command(action), tool.variables(**settings))
    try:
        terminal.until(question)
        terminal.type(answer + b"\n")
        return terminal.ended(), terminal.shown
    finally:
        terminal.close()


def test_create_and_destroy_show_plan_and_price_and_do_as_they_are_told(tool: Tool) -> None:
    code, shown = answered(tool, "Create", "Make this of demo? [y/N] ", b"n")
    assert code == 130, shown
    assert " to add, 0 to change, 0 to destroy" in shown and "instance group manager" in shown
    assert "USD an hour" in shown
    assert "nothing was changed" in shown
    assert tool.left() == []

    code, shown = answered(tool, "Create", "Make this of demo? [y/N] ", b"y")
    assert code == 0, shown
    assert "Cluster demo is ready" in shown
    assert shown.count("[y/N]") == 1

    code, shown = answered(tool, "Destroy", "Destroy this of demo? [y/N] ", b"")
    assert code == 130, shown
    assert "0 to add, 0 to change, " in shown and "instance template" in shown and "USD an hour" in shown
    assert tool.result("Status")["ok"]

    code, shown = answered(tool, "Destroy", "Destroy this of demo? [y/N] ", b"yes")
    assert code == 0, shown
    assert tool.left() == []


@pytest.mark.parametrize("action", ["Create", "Destroy"])
def test_without_a_terminal_nothing_is_asked_and_nothing_done(tool: Tool, action: str) -> None:
    error = tool.result(action, expected=2, CONFIRM="yes")["error"]
    assert "CONFIRM=yes" in error["message"]
    assert "docker run -it" in error["advice"]
