"""Finds what keeps a group from filling: it is shown at the first look, and ends the run when it lasts.

Terraform and its provider can't see it (they return at once, or wait for a group that never fills). So this module asks
the group itself, for its machines' last attempts and the list of its errors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.clouds.problems import error_of
from cluster_provision.errors import (
    CapacityError,
    NotReady,
    PermissionDenied,
    PlaceClosed,
    ProvisionError,
    QuotaError,
    SettingsError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.clouds.base import GroupError, Machine
    from cluster_provision.clouds.problems import Kind

TELLING: tuple[type[ProvisionError], ...] = (
    SettingsError,
    PermissionDenied,
    PlaceClosed,
    QuotaError,
    CapacityError,
)
"""Of several problems, the first of these decides: without quota, room in the zone doesn't help."""

STALE_SECONDS = 60.0
"""A machine's last attempt has no date. One that failed before this run began gets this time for a new try."""

STILL_THERE = (
    "The machines that exist stay, and the group goes on asking for more, which cost money once they exist: "
    "run Create again to wait longer, or Destroy."
)

STAYS_SO = (
    "What was made is still there, and the group goes on asking for machines: run Create again once that is put right, "
    "or Destroy."
)

RUNNING = "RUNNING"
SHOWN = 3


@dataclass(frozen=True)
class Problem:
    """`text` is "<code>: <message>" and `kind` its kind; `machine` may be empty; `dated`: it surely belongs to this
    run.
    """

    text: str
    machine: str
    dated: bool
    kind: Kind


class GroupProblems:
    """Follows a group from look to look.

    `errors` lists the group's failures in this run, and `kind_of` is the cloud's table. `limit_seconds` is how long the
    run waits out a stock-out, a missing quota or a missing permission; 0 means not at all. It never waits out what no
    waiting heals (`Kind.final`). `say` prints a line.
    """

    def __init__(
        self,
        errors: Callable[[], list[GroupError]],
        kind_of: Callable[[str], Kind],
        limit_seconds: float,
        say: Callable[[str], None],
    ) -> None:
        self._errors = errors
        self._kind_of = kind_of
        self._limit = limit_seconds
        self._say = say
        self._said: set[str] = set()
        self._since: dict[type[ProvisionError], float] = {}
        self._running = 0

    def look(self, machines: Sequence[Machine], wanted: int, elapsed: float) -> list[Problem]:
        """Return the problems now, `elapsed` seconds into the wait.

        Raises the error of a problem that lasted too long.
        """
        running = sum(m.status == RUNNING for m in machines)
        if running == len(machines) == wanted:
            self._since.clear()
            return []
        problems = problems_of(machines, wanted, self._errors(), self._kind_of)
        self._tell(problems)
        kinds = {p.kind.error for p in problems}
        if running > self._running:  # it fills, although slowly
            self._since.clear()
        self._running = running
        self._since = {kind: self._since.get(kind, elapsed) for kind in kinds}
        for kind in TELLING:
            if kind in kinds:
                self._judge(kind, [p for p in problems if p.kind.error is kind], elapsed)
                break
        return problems

    def _judge(self, kind: type[ProvisionError], problems: list[Problem], elapsed: float) -> None:
        lasted = elapsed - self._since[kind]
        sure = any(p.dated for p in problems) or lasted >= STALE_SECONDS
        final = [p for p in problems if p.kind.final]
        if not sure or (not final and lasted < self._limit):
            return
        waited = f"for {lasted / 60:.0f} minutes " if lasted >= STALE_SECONDS else ""
        first = (final or problems)[0]
        advice = f"{first.kind.advice_on(first.text)}\n{STAYS_SO if final else STILL_THERE}"
        raise error_of(kind, f"{waited}the group could not be filled: {summary(problems)}", advice)

    def _tell(self, problems: list[Problem]) -> None:
        """Print new problems at once: the progress line may come much later."""
        new = {p.text: p for p in reversed(problems) if p.text not in self._said}
        for problem in reversed(new.values()):
            self._say(f"  {problem.machine or 'the group'}: {problem.text}")
        if not self._said and self._limit and any(p.kind.error in TELLING and not p.kind.final for p in new.values()):
            self._say(f"  Waiting up to {self._limit / 60:.0f} minutes for the group to fill (CAPACITY_WAIT)")
        self._said |= new.keys()


def problems_of(
    machines: Sequence[Machine], wanted: int, errors: Sequence[GroupError], kind_of: Callable[[str], Kind]
) -> list[Problem]:
    """Return the problems now: the machines' last attempts, and the errors of machines that don't run."""
    known = {m.name for m in machines}
    waited_for = {"", *(m.name for m in machines if m.status != RUNNING)}
    missing = len(machines) < wanted
    return [
        *(Problem(m.problem, m.name, dated=False, kind=kind_of(m.problem)) for m in machines if m.problem),
        *(
            Problem(e.text, e.machine, dated=True, kind=kind_of(e.text))
            for e in errors
            if e.machine in waited_for or (missing and e.machine not in known)
        ),
    ]


def summary(problems: Sequence[Problem]) -> str:
    """Return the problems in one line, each text once, with the names of its machines."""
    texts: dict[str, list[str]] = {}
    for problem in problems:
        names = texts.setdefault(problem.text, [])
        if problem.machine and problem.machine not in names:
            names.append(problem.machine)
    lines = [f"{_named(names)}{text}" for text, names in list(texts.items())[:SHOWN]]
    return "; ".join(lines) + (f"; and {len(texts) - SHOWN} more" if len(texts) > SHOWN else "")


def unfilled(problems: Sequence[Problem]) -> type[ProvisionError]:
    """Return the error class of the problem that decides, or NotReady."""
    kinds = {p.kind.error for p in problems}
    return next((kind for kind in TELLING if kind in kinds), NotReady)


def _named(names: list[str]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}: "
