"""Which machines to measure next, once a run over all of them has failed, and what the runs so far have proven.

A run fails if one of its machines is bad; a machine whose network is bad passes by itself. So what passed together with
others is good, and of a failing run what isn't good holds a bad one. Pure: nothing is run here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True)
class Tried:
    """A run over some of the machines, and whether it failed."""

    nodes: tuple[str, ...]
    failed: bool


@dataclass(frozen=True)
class Found:
    """What is known of the machines, each in one of these at most; the others passed together.

    `bad` are proven so. `likely` alone explains the other failing runs; otherwise at least one of `suspects` is bad.
    Of `untested` nothing is known: each run with one of them had another bad one in it, too.
    """

    bad: tuple[str, ...]
    likely: tuple[str, ...]
    suspects: tuple[str, ...]
    untested: tuple[str, ...]


def next_set(nodes: Sequence[str], tried: Sequence[Tried]) -> tuple[str, ...]:
    """The machines to measure next, after all of `nodes` together failed; empty where no run would tell more.

    At most log2(n) + 1 runs: one bad machine is named within them, wherever it is; of several, one at least or a few
    that it is among. Nodes that are thought to be bad stand last: the others are cleared first.
    """
    if len(tried) >= most_runs(len(nodes)):
        return ()
    known = _Known(nodes, tried)
    wanted = known.half(known.narrowest) if known.open else known.rest
    return known.in_order(wanted) if wanted and not known.was_tried(wanted) else ()


def found(nodes: Sequence[str], tried: Sequence[Tried]) -> Found:
    """What the runs have proven."""
    known = _Known(nodes, tried)
    common = set.intersection(*known.open) if known.open else set()
    likely = common if len(common) == 1 else set()
    suspects = set().union(*known.open) - likely
    untested = set(nodes) - known.good - known.bad - likely - suspects - known.passed_alone
    return Found(*(known.in_order(each) for each in (known.bad, likely, suspects, untested)))


def most_runs(nodes: int) -> int:
    """log2(n) + 1, rounded down."""
    return nodes.bit_length()


class _Known:
    """`good` passed together with others, `bad` are proven; each of `open` holds a bad one, and no other lies in it."""

    def __init__(self, nodes: Sequence[str], tried: Sequence[Tried]) -> None:
        self._nodes = tuple(nodes)
        self._tried = {frozenset(each.nodes) for each in tried}
        self.good = {node for run in tried if not run.failed and len(run.nodes) > 1 for node in run.nodes}
        self.passed_alone = {run.nodes[0] for run in tried if not run.failed and len(run.nodes) == 1}
        failing = [set(nodes), *(set(run.nodes) for run in tried if run.failed)]
        groups = [group - self.good for group in failing]
        self.bad = {node for group in groups if len(group) == 1 for node in group}
        unexplained = [group for group in groups if group and not group & self.bad]
        self.open = [group for group in unexplained if not any(other < group for other in unexplained)]

    @property
    def narrowest(self) -> set[str]:
        """The smallest set that holds a bad one."""
        return min(self.open, key=len)

    @property
    def rest(self) -> set[str]:
        """Those of which nothing is known, with a good one where there is but one."""
        rest = set(self._nodes) - self.good - self.bad - self.passed_alone
        return rest | set(self.in_order(self.good)[:1]) if len(rest) == 1 else rest

    def half(self, group: set[str]) -> set[str]:
        """Half of a set that holds a bad one, with another machine where half is one: its network is measured, too."""
        first, *others = self.in_order(group)
        count = len(group) // 2
        if count > 1:
            return set(self.in_order(group)[:count])
        if self.good:
            return {first, self.in_order(self.good)[0]}
        if len(group) == 3:
            return {first, others[0]}
        outside = self.in_order(set(self._nodes) - group - self.bad)[:1]
        pairs = [{node, *outside} for node in (first, *others)]
        return next((pair for pair in pairs if not self.was_tried(pair)), set())

    def was_tried(self, nodes: set[str]) -> bool:
        """Whether a run had these very machines."""
        return frozenset(nodes) in self._tried

    def in_order(self, nodes: set[str]) -> tuple[str, ...]:
        """These nodes in the order in which they were given."""
        return tuple(node for node in self._nodes if node in nodes)
