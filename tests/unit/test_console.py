"""What a run shows of itself: lines with a time in a log, a live line on a terminal."""

from __future__ import annotations

import io
import re
import time
from typing import TYPE_CHECKING

import pytest

from cluster_provision import console as module
from cluster_provision.console import Console, duration
from cluster_provision.live import LiveStep
from cluster_provision.node import Node

if TYPE_CHECKING:
    from collections.abc import Mapping

STAMP = re.compile(r"\d\d:\d\d:\d\d ")
CODES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")


class Stream(io.StringIO):
    """A terminal, or none."""

    def __init__(self, *, terminal: bool = False) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    def lines(self) -> list[str]:
        """What was printed, without the time of day."""
        return [STAMP.sub("", line, count=1) for line in self.getvalue().splitlines()]


def in_a_log() -> tuple[Console, Stream]:
    stream = Stream()
    return Console(stream, {}), stream


def on_a_terminal(environ: Mapping[str, str]) -> tuple[Console, Stream]:
    stream = Stream(terminal=True)
    return Console(stream, environ), stream


def test_a_step_is_one_line_with_the_time_of_day() -> None:
    console, stream = in_a_log()
    with console.step("state") as progress:
        progress.conclude("empty")
    (line,) = stream.getvalue().splitlines()
    assert STAMP.match(line)
    assert stream.lines() == ["✓ state: empty"]


def test_only_what_took_long_says_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHOWN_SECONDS", 0.0)
    console, stream = in_a_log()
    with console.step("state"):
        pass
    assert stream.lines() == ["✓ state (0.0 s)"]


@pytest.mark.parametrize(
    ("seconds", "text"), [(3.84, "3.8 s"), (41.2, "41 s"), (151, "2 min 31 s"), (3600 + 305, "1 h 5 min")]
)
def test_a_duration_is_as_exact_as_one_cares_for(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_a_folded_step_says_nothing_unless_it_fails_or_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    console, stream = in_a_log()
    with console.step("upload", folded=True):
        pass
    assert stream.lines() == []
    with pytest.raises(ValueError, match="no"), console.step("upload", folded=True):
        raise ValueError("no")
    assert stream.lines() == ["✗ upload"]
    monkeypatch.setattr(module, "SHOWN_SECONDS", 0.0)
    with console.step("init", folded=True):
        pass
    assert stream.lines()[1:] == ["✓ init (0.0 s)"]


def test_a_step_that_had_nothing_to_do_is_folded() -> None:
    console, stream = in_a_log()
    for console.verbose in (False, True):
        with console.step("storage") as progress:
            progress.had_nothing_to_do("no other machines")
    assert stream.lines() == ["✓ storage: no other machines"]


def test_verbose_unfolds() -> None:
    console, stream = in_a_log()
    console.say_in_detail("a resource")
    console.verbose = True
    console.say_in_detail("another")
    with console.step("upload", folded=True):
        pass
    assert stream.lines() == ["another", "✓ upload"]


def test_a_step_that_found_a_fault_is_not_marked_as_well() -> None:
    console, stream = in_a_log()
    with console.step("cluster") as progress:
        progress.find_fault("not as it should be")
    assert stream.lines() == ["✗ cluster: not as it should be"]


def test_progress_counts_first_and_is_a_line_for_each_change(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_SECONDS", 0.0)
    monkeypatch.setattr(module, "QUIET_SECONDS", 0.0)
    console, stream = in_a_log()
    with console.step("nodes") as progress:
        progress.update("ready; 2 setting up: a, b", 4, 6)
        progress.update("ready; 2 setting up: a, b", 4, 6)
        progress.update("5 of 6 up", 5, 6)
    assert stream.lines() == ["• nodes: 4 of 6 ready; 2 setting up: a, b", "• nodes: 5 of 6 up", "✓ nodes"]


def test_a_step_in_which_nothing_changes_is_heard_of_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SILENT_SECONDS", 0.05)
    console, stream = in_a_log()
    with console.step("nodes"):
        deadline = time.monotonic() + 10
        while len(stream.lines()) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    assert all(line.startswith("• nodes (") and line.endswith(" so far)") for line in stream.lines()[:2])


def test_what_is_said_outside_of_steps_has_no_time() -> None:
    console, stream = in_a_log()
    console.say("Note: this")
    with console.step("state"):
        console.say("Warning: that")
    assert [bool(STAMP.match(line)) for line in stream.getvalue().splitlines()] == [False, True, True]


def test_a_terminal_has_colours_unless_it_says_otherwise() -> None:
    for environ, coloured in (({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)):
        console, stream = on_a_terminal(environ)
        console.say("Warning: hot")
        assert ("\x1b[33mWarning:\x1b[0m hot" in stream.getvalue()) is coloured
        assert CODES.sub("", stream.getvalue()) == "Warning: hot\n"


def test_a_terminal_gets_no_time_of_day() -> None:
    console, stream = on_a_terminal({"NO_COLOR": "1"})
    with console.step("state") as progress:
        progress.conclude("empty")
    assert CODES.sub("", stream.getvalue()).strip().splitlines()[-1] == "✓ state: empty"


def drawn(width: int, nodes: list[Node]) -> list[str]:
    """What a terminal of this width shows of a long wait."""
    stream = Stream(terminal=True)
    live = LiveStep(stream, "nodes", width=width)
    live.show(f"4 of 6 ready; {', '.join(f'quickstart-vm-{i} (jupyter)' for i in range(9))}", 4, 6, nodes)
    with live.console.capture() as captured:
        live.console.print(live._drawn())
    return CODES.sub("", captured.get()).splitlines()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_count_and_the_time_stay_on_one_line_at_any_width(width: int) -> None:
    (line,) = drawn(width, [])
    assert len(line) <= width
    assert "4 of 6 ready" in line
    assert re.search(r" 0:00\s*$", line)


def test_nodes_are_listed_below_those_first_that_are_waited_for() -> None:
    nodes = [
        Node("vm-a", "", "", "1", "ready", step="done"),
        Node("vm-b", "", "", "2", "starting", step="jupyter"),
        Node("vm-c", "", "", "3", "failed", step="gpu"),
    ]
    listed = [line.split() for line in drawn(80, nodes)[1:]]
    assert listed == [["vm-c", "failed", "gpu"], ["vm-b", "setting", "up", "jupyter"], ["vm-a", "ready"]]


def test_of_many_nodes_the_rest_is_counted() -> None:
    lines = drawn(80, [Node(f"vm-{i:04}", "", "", str(i), "missing") for i in range(1000)])
    assert len(lines) < 25
    assert re.fullmatch(r"  and 98\d more", lines[-1].rstrip())
