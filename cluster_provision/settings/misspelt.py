"""Finds names in the environment that resemble parameters: misspelt ones, and those of other and older tools."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from cluster_provision.settings.catalogue import AZURE, CATALOGUES, GCP
from cluster_provision.settings.edit_distance import edits
from cluster_provision.settings.guards import GUARDS, OF_OTHER_PROGRAMS
from cluster_provision.settings.like_ours import LikeOurs, asks, line, plain, pointed_out
from cluster_provision.settings.other_names import called_otherwise, of_word
from cluster_provision.settings.other_words import FORMER
from cluster_provision.settings.reading import folded, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cluster_provision.settings.catalogue import Catalogue
    from cluster_provision.settings.given import Given
    from cluster_provision.settings.parameter import Parameter

# Below this length, one letter's difference may well be another program's variable (LABEL), unless ours is a guard.
SHORTEST_CLEAR = 8
# Two letters' difference counts only in a long name (NODE_VERSION is not GKE_VERSION).
SHORTEST_FOR_TWO = 12
# Of a name this short, another letter in the place of one makes another word (SKI is not SKU).
SHORTEST_FOR_CHANGED = 4
LONGEST = 80


@dataclass(frozen=True)
class Suspicious:
    """Names that are no parameters but resemble one, with the problems and notes about them."""

    names: tuple[LikeOurs, ...]
    notes: tuple[str, ...]

    @property
    def problems(self) -> tuple[str, ...]:
        """One line each."""
        return tuple(each.problem for each in self.names if each.problem)

    def meant_for(self, parameter: Parameter) -> list[str]:
        """Return the names that resemble `parameter`."""
        return [shown(each.name) for each in self.names if each.meant is parameter]


def suspicious_names(
    environ: Mapping[str, str], given: Mapping[str, Given], catalogue: Catalogue, orchestrator: str
) -> Suspicious:
    """Find the names in `environ` that may be meant for a parameter of `catalogue`; `given` are the fields set.

    docs/parameters.md has the table of what is an error, what a note, and what is left in peace.
    """
    look = _Look(environ, given, catalogue, orchestrator)
    names = tuple(look.names())
    former = tuple(
        f"{name} is no parameter of this tool, and is ignored; instead there is: {instead}"
        for name, instead in FORMER.items()
        if environ.get(name, "").strip()
    )
    return Suspicious(names, tuple(each.note for each in names if each.note) + former)


@dataclass(frozen=True)
class _Look:
    environ: Mapping[str, str]
    given: Mapping[str, Given]
    catalogue: Catalogue
    orchestrator: str

    def names(self) -> Iterator[LikeOurs]:
        for name in sorted(self.environ):
            text = self.environ[name].strip()
            if name in self.catalogue.names or name in FORMER or not text or len(name) > LONGEST:
                continue
            if not called_otherwise(name):
                found = self._near_miss(name, text)
            elif _taken_elsewhere(name, text):
                found = None  # foreign.py reports it
            else:
                found = of_word(name, text, self.given, self.catalogue, self.orchestrator)
            if found is not None:
                yield found

    def _near_miss(self, name: str, text: str) -> LikeOurs | None:
        # foreign.py reports another cloud's parameters; but ZONES may well be meant for ZONE.
        if name in OF_OTHER_PROGRAMS or any(name in other.names for other in self._others()):
            return None
        closest = _closest(name, self._names())
        if closest is None:
            return None
        meant, distance = closest
        here = self.given.get(meant.field)
        if _far(name, meant, distance) and (here is not None or meant.declaration.mandatory or not asks(meant, text)):
            return None
        found = LikeOurs(name, meant, note=pointed_out(name, meant))
        if here is not None:
            return self._beside(name, text, here, distance) or found
        if meant.declaration.mandatory:
            return LikeOurs(name, meant)
        return LikeOurs(name, meant, _lost(name, text, meant)) if _clear(text, meant, distance) else found

    def _names(self) -> dict[str, Parameter]:
        """Slurm's parameters are many, and nobody means them in a cluster without."""
        return {
            name: parameter
            for name, parameter in self.catalogue.names.items()
            if parameter.declaration.orchestrator in ("", "gke", self.orchestrator)
        }

    def _others(self) -> list[Catalogue]:
        pair = {GCP, AZURE} if self.catalogue is GCP else {self.catalogue}
        return [each for each in CATALOGUES.values() if each not in pair]

    @staticmethod
    def _beside(name: str, text: str, here: Given, distance: int) -> LikeOurs | None:
        """A near miss of a guard that is set to something else: one of the two isn't what is meant."""
        meant = here.parameter
        if meant.name not in GUARDS or distance > 1 or folded(text) == folded(here.written):
            return None
        if _taken_elsewhere(name, text):
            return None
        return LikeOurs(
            name,
            meant,
            f"{shown(name)} is no parameter, but {meant.name} is, and it is set to something else "
            f"({here.subject}): write all that is meant there, and remove {shown(name)}",
        )


def _taken_elsewhere(name: str, text: str) -> bool:
    """Whether it is a parameter of another cloud, with a value that it takes."""
    return any(name in each.names and asks(each.names[name], text) for each in CATALOGUES.values())


def _far(name: str, meant: Parameter, distance: int) -> bool:
    """Whether it is a near miss for a guard's name alone."""
    return distance > 1 and min(len(name), len(meant.name)) < SHORTEST_FOR_TWO


def _clear(text: str, meant: Parameter, distance: int) -> bool:
    """Whether an unset parameter was surely meant, or too much hangs on it."""
    if meant.name in GUARDS:
        return distance <= 1 or asks(meant, text)
    return distance <= 1 and len(meant.name) >= SHORTEST_CLEAR and not meant.declaration.run_only


def _lost(name: str, text: str, meant: Parameter) -> str:
    """The problem of a near miss, while what was meant is unset."""
    guard = meant.name in GUARDS
    stake = f": {GUARDS[meant.name]}" if guard else ""
    corrected = f" ({line(meant, text)})" if guard and _may_be_shown(meant, text) else ""
    return (
        f"{shown(name)} is no parameter, but {meant.name} is, and it is unset{stake}. Correct the name{corrected}, "
        f"or remove {shown(name)}, if it is meant for something else"
    )


def _may_be_shown(parameter: Parameter, text: str) -> bool:
    return not parameter.declaration.confidential and "PRIVATE KEY" not in text


def _closest(name: str, names: Mapping[str, Parameter]) -> tuple[Parameter, int] | None:
    best: tuple[int, str] | None = None
    for known in names:
        if abs(len(plain(known)) - len(plain(name))) > 2:
            continue
        guard = len(known) >= SHORTEST_CLEAR and len(name) >= SHORTEST_CLEAR - 2 and names[known].name in GUARDS
        allowed = 2 if guard or min(len(name), len(known)) >= SHORTEST_FOR_TWO else 1
        if _at_least(plain(name), plain(known)) > allowed:
            continue
        distance = _distance(name, known)
        if distance <= allowed and (best is None or distance < best[0]):
            best = distance, known
    return (names[best[1]], best[0]) if best else None


def _distance(name: str, known: str) -> int:
    """The edits between the two, whatever the case and the underscores."""
    left, right = plain(name), plain(known)
    if left == right:
        return 0
    if len(right) < SHORTEST_FOR_CHANGED and len(left) <= len(right) and sorted(left) != sorted(right):
        return len(right)
    return min(edits(left, right), edits(name.upper(), known))


def _at_least(left: str, right: str) -> int:
    """Return a lower bound of the edits, quickly: the letters that only one of the words has."""
    these, those = _letters(left), _letters(right)
    return max((these - those).total(), (those - these).total())


@cache
def _letters(text: str) -> Counter[str]:
    return Counter(text)
