"""Shows progress and messages on stderr: bars on a terminal, one line for each step elsewhere.

Only the result goes to stdout.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress, TaskID

FIRST_SECONDS = 1.0
QUIET_SECONDS = 5.0
"""Without a terminal, a step longer than FIRST_SECONDS prints each change of its progress, at most this often."""


@dataclass
class StepProgress:
    """Where a running step reports: `update(text)`, with `done` of `total` where it can count."""

    console: Console
    name: str
    detail: str = ""

    def update(self, text: str, done: int | None = None, total: int | None = None) -> None:
        """Show how far the step is; `text` says what it waits for."""
        self.console.show_progress(self.name, text, done, total)

    def conclude(self, detail: str) -> None:
        """Set the text to print behind the step's name at its end."""
        self.detail = detail


class Console:
    """Writes to `stream` (stderr): lively if that is a terminal, attended if all three streams are."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr or io.StringIO()
        self.lively = self.stream.isatty()
        # A closed stream is None.
        self.attended = self.lively and all(each and each.isatty() for each in (sys.stdin, sys.stdout))
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        self._last = ("", 0.0)

    @property
    def interactive(self) -> bool:
        """Whether a person is there to read this and answer."""
        return self.lively and sys.stdin is not None and sys.stdin.isatty()

    def say(self, line: str) -> None:
        """Print a line, above the bar if there is one. If nobody reads it, or the disk is full, the work continues."""
        if self._bar is not None:
            self._bar.console.print(line, markup=False, highlight=False, soft_wrap=True)
            return
        with contextlib.suppress(OSError):
            self.stream.write(line + "\n")
            self.stream.flush()

    def say_at_once(self, line: str) -> None:
        """Print a line from a signal handler, past the buffer that the interrupted code may be writing to."""
        with contextlib.suppress(OSError, ValueError):
            os.write(self.stream.fileno(), f"\n{line}\n".encode())

    @contextlib.contextmanager
    def step(self, name: str) -> Iterator[StepProgress]:
        """A named step. It prints one line at its end, with its seconds and its result."""
        progress = StepProgress(self, name)
        started = time.monotonic()
        self._last = ("", started)
        with self._drawn(name):
            try:
                yield progress
            except BaseException:
                self.say(f"✗ {name} ({time.monotonic() - started:.1f} s)")
                raise
        detail = f": {progress.detail}" if progress.detail else ""
        self.say(f"✓ {name}{detail} ({time.monotonic() - started:.1f} s)")

    def clear(self) -> None:
        """Remove the bar until the step's end: other output follows."""
        if self._bar is not None:
            self._bar.stop()
            self._bar = self._task = None

    def show_progress(self, name: str, text: str, done: int | None, total: int | None) -> None:
        """Move the bar, or print a line where there is none and enough time has passed."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, description=f"{name}: {text}", completed=done, total=total)
            return
        now, (last, at) = time.monotonic(), self._last
        if text != last and now - at >= (QUIET_SECONDS if last else FIRST_SECONDS):
            self._last = (text, now)
            self.say(f"• {name}: {text}")

    @contextlib.contextmanager
    def _drawn(self, name: str) -> Iterator[None]:
        if not self.lively:
            yield
            return
        from rich.console import Console as RichConsole
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn(24), TimeElapsedColumn())
        self._bar = Progress(*columns, console=RichConsole(file=self.stream), transient=True)
        try:
            with self._bar:
                self._task = self._bar.add_task(name, total=None)
                yield
        finally:
            self._bar = self._task = None
