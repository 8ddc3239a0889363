"""A running step on a terminal: one line that keeps its counts and its time at any width, and its nodes below."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self, TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from cluster_provision.node import Node

BAR_WIDTH = 16
BESIDE = 8
"""Lines of the terminal that are left to others than the nodes."""

ORDER = {"failed": 0, "missing": 1, "starting": 2}
STATES = {"missing": "not started", "starting": "setting up"}
STYLES = {"failed": "red", "ready": "green"}


class LiveStep:
    """Draws until `stop`. What is printed meanwhile goes above."""

    def __init__(self, stream: TextIO, name: str, *, width: int | None = None) -> None:
        self.console = Console(file=stream, width=width)
        self._name = name
        self._text = ""
        self._count: tuple[int | None, int | None] = (None, None)
        self._nodes: Sequence[Node] = ()
        self._started = time.monotonic()
        self._spinner = Spinner("dots")
        self._live = Live(console=self.console, get_renderable=self._drawn, transient=True, refresh_per_second=8)

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Remove the line."""
        self._live.stop()

    def print(self, line: str) -> None:
        """Print a line above."""
        self.console.print(Text.from_ansi(line), soft_wrap=True)

    def show(self, text: str, done: int | None, total: int | None, nodes: Sequence[Node]) -> None:
        """Show this from the next drawing on."""
        self._text, self._count, self._nodes = text, (done, total), nodes

    def _drawn(self) -> RenderableType:
        line = Table.grid(expand=True, padding=(0, 1, 0, 0))
        line.add_column(no_wrap=True)
        line.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
        cells: list[RenderableType] = [self._spinner, Text(f"{self._name}: {self._text}" if self._text else self._name)]
        done, total = self._count
        if total:
            line.add_column(width=BAR_WIDTH)
            cells.append(ProgressBar(total=total, completed=done or 0, width=BAR_WIDTH))
        line.add_column(no_wrap=True, justify="right")
        line.add_row(*cells, Text(_clock(time.monotonic() - self._started)))
        return Group(line, *self._table()) if self._nodes else line

    def _table(self) -> list[RenderableType]:
        """The nodes that are waited for, and then the others, as far as the terminal has room."""
        room = max(1, self.console.height - BESIDE)
        nodes = sorted(self._nodes, key=lambda each: ORDER.get(each.status, len(ORDER)))
        table = Table.grid(expand=True, padding=(0, 2, 0, 0))
        for _ in range(2):
            table.add_column(no_wrap=True, overflow="ellipsis")
        table.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
        for each in nodes[:room]:
            state = Text(STATES.get(each.status, each.status), style=STYLES.get(each.status, ""))
            table.add_row(Text(f"  {each.name}"), state, Text(each.step if each.status != "ready" else ""))
        more = len(nodes) - room
        return [table, Text(f"  and {more} more")] if more > 0 else [table]


def _clock(seconds: float) -> str:
    """`0:12`, `1:02:10`."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}" if minutes < 60 else f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
