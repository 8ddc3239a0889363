"""Shows progress and messages on stderr: a live line and a table of nodes on a terminal, elsewhere lines with a time.

Only the result goes to stdout.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cluster_provision.live import LiveStep
    from cluster_provision.node import Node

FIRST_SECONDS = 1.0
QUIET_SECONDS = 5.0
"""Without a terminal, a step longer than FIRST_SECONDS prints each change of its progress, at most this often."""

SILENT_SECONDS = 55.0
"""Without a terminal, a step prints a line after so long a silence: CI systems end jobs that say nothing."""

SHOWN_SECONDS = 1.0
"""A step that takes less doesn't say how long it took, and a folded one says nothing at all."""

COLOURS = {"✓": "32", "✗": "31", "•": "36", "Note:": "36", "Warning:": "33", "Error:": "1;31"}
"""The first words of lines, by the ANSI colours that they have on a terminal."""


@dataclass
class StepProgress:
    """Where a running step reports: `update(text)`, with `done` of `total` where it can count."""

    console: Console
    name: str
    detail: str = ""
    mark: str = "✓"
    idle: bool = False

    def update(self, text: str, done: int | None = None, total: int | None = None, nodes: Sequence[Node] = ()) -> None:
        """Show how far the step is; `text` says what it waits for, `nodes` are those that it is about."""
        self.console.show_progress(self.name, text, done, total, nodes)

    def conclude(self, detail: str) -> None:
        """Set the text to print behind the step's name at its end."""
        self.detail = detail

    def had_nothing_to_do(self, detail: str) -> None:
        """The same for a step that is worth no line this time."""
        self.detail, self.idle = detail, True

    def find_fault(self, detail: str) -> None:
        """The same for a step that did its work, and found that not all is well."""
        self.detail, self.mark = detail, "✗"


class Console:
    """Writes to `stream` (stderr): lively if that is a terminal that can draw, attended if all three streams are some.

    With `verbose`, each step has its line, and what it did in detail.
    """

    def __init__(self, stream: TextIO | None = None, environ: Mapping[str, str] = os.environ) -> None:
        self.stream = stream or sys.stderr or io.StringIO()
        self._terminal = self.stream.isatty()
        self.lively = self._terminal and environ.get("TERM") != "dumb"
        # A closed stream is None.
        self.attended = self._terminal and all(each and each.isatty() for each in (sys.stdin, sys.stdout))
        self.verbose = False
        self._coloured = self.lively and not environ.get("NO_COLOR")
        self._live: LiveStep | None = None
        self._running = False
        self._last = ("", 0.0)
        self._spoken = time.monotonic()

    @property
    def interactive(self) -> bool:
        """Whether a person is there to read this and answer."""
        return self._terminal and sys.stdin is not None and sys.stdin.isatty()

    def say(self, line: str) -> None:
        """Print a line, above the live one if there is one. If nobody reads it, or the disk is full, work continues."""
        self._spoken = time.monotonic()
        live = self._live
        if live is not None:
            live.print(self._painted(line))
            return
        with contextlib.suppress(OSError):
            self.stream.write(f"{self._stamped(self._painted(line))}\n")
            self.stream.flush()

    def say_in_detail(self, line: str) -> None:
        """Print a line for those who want all of them."""
        if self.verbose:
            self.say(line)

    def ask(self, question: str) -> str:
        """Ask a person at the terminal, below all that was said; returns the line that they type, empty at its end."""
        self.clear()
        with contextlib.suppress(OSError):
            self.stream.write(question)
            self.stream.flush()
        return sys.stdin.readline() if sys.stdin is not None else ""

    def say_at_once(self, line: str) -> None:
        """Print a line from a signal handler, past the buffer that the interrupted code may be writing to."""
        with contextlib.suppress(OSError, ValueError):
            os.write(self.stream.fileno(), f"\n{line}\n".encode())

    @contextlib.contextmanager
    def step(self, name: str, *, folded: bool = False) -> Iterator[StepProgress]:
        """A named step. It prints one line at its end, with its result, and its time where that is worth it.

        A `folded` one prints its line only where it fails or takes long.
        """
        progress = StepProgress(self, name)
        started = time.monotonic()
        try:
            with self.waiting(name):
                yield progress
        except BaseException:
            self._conclude(f"✗ {name}", started)
            raise
        if not (folded or progress.idle) or self.verbose or time.monotonic() - started >= SHOWN_SECONDS:
            detail = f": {progress.detail}" if progress.detail else ""
            self._conclude(f"{progress.mark} {name}{detail}", started)

    @contextlib.contextmanager
    def waiting(self, name: str) -> Iterator[None]:
        """Within the block, a terminal shows that it lasts, and other streams get a line now and then."""
        self._last = ("", time.monotonic())
        self._running = True
        try:
            with self._drawn(name) if self.lively else self._heard(name):
                yield
        finally:
            self._running = False

    def clear(self) -> None:
        """Remove the live line until the step's end: other output follows."""
        if self._live is not None:
            self._live.stop()
            self._live = None

    def show_progress(self, name: str, text: str, done: int | None, total: int | None, nodes: Sequence[Node]) -> None:
        """Move the live line, or print one where there is none and enough time has passed. Counts come first."""
        count = f"{done} of {total} " if done is not None and total else ""
        counted = text if text.startswith(count) else f"{count}{text}"
        if self._live is not None:
            self._live.show(counted, done, total, nodes)
            return
        now, (last, at) = time.monotonic(), self._last
        if counted != last and now - at >= (QUIET_SECONDS if last else FIRST_SECONDS):
            self._last = (counted, now)
            self.say(f"• {name}: {counted}")

    def _conclude(self, line: str, started: float) -> None:
        seconds = time.monotonic() - started
        self._running = True  # the step's own line has its time, too
        self.say(f"{line} ({duration(seconds)})" if seconds >= SHOWN_SECONDS else line)
        self._running = False

    def _painted(self, line: str) -> str:
        if not self._coloured:
            return line
        start = len(line) - len(line.lstrip("\n"))
        first = line[start:].partition(" ")[0]
        colour = COLOURS.get(first)
        return line if colour is None else f"{line[:start]}\x1b[{colour}m{first}\x1b[0m{line[start + len(first) :]}"

    def _stamped(self, line: str) -> str:
        """The line with the time of day, where that is of use: in a log, while something runs."""
        if self.lively or not self._running or line[:1].isspace():
            return line
        return f"{time.strftime('%H:%M:%S')} {line}"

    @contextlib.contextmanager
    def _drawn(self, name: str) -> Iterator[None]:
        from cluster_provision.live import LiveStep

        self._live = LiveStep(self.stream, name)
        try:
            with self._live:
                yield
        finally:
            self._live = None

    @contextlib.contextmanager
    def _heard(self, name: str) -> Iterator[None]:
        """Print a line whenever nothing has been said for SILENT_SECONDS."""
        over = threading.Event()
        started = self._spoken = time.monotonic()

        def speak() -> None:
            while not over.wait(max(0.0, self._spoken + SILENT_SECONDS - time.monotonic())):
                if time.monotonic() - self._spoken >= SILENT_SECONDS:
                    last = f": {self._last[0]}" if self._last[0] else ""
                    self.say(f"• {name}{last} ({duration(time.monotonic() - started)} so far)")

        threading.Thread(target=speak, daemon=True).start()
        try:
            yield
        finally:
            over.set()


def duration(seconds: float) -> str:
    """`3.8 s`, `41 s`, `2 min 31 s`, `1 h 5 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
