"""Finds names in the environment that resemble parameters: misspelt ones, and those of older tools."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from cluster_provision.settings.catalogue import GCP
from cluster_provision.settings.edit_distance import edits
from cluster_provision.settings.reading import shown

if TYPE_CHECKING:
    from collections.abc import Container, Mapping

    from cluster_provision.settings.catalogue import Catalogue
    from cluster_provision.settings.parameter import Parameter

# Below this length, one letter's difference may well be another program's variable (ZONES, LABEL).
SHORTEST_CLEAR = 8
# Two letters' difference counts only in a long name (NODE_VERSION is not GKE_VERSION).
SHORTEST_FOR_TWO = 12

# Names that the old tool had before its documents of March 2023, and that env files still hold.
FORMER = {
    "GCS_PATH": "TERRAFORM_GCS_PATH",
    "COPY_DIR_PATH": "VM_LOCALFILE_DEST_PATH (mount the files on /usr/aiinfra/copy)",
    "STARTUP_SCRIPT": "STARTUP_COMMAND",
    "STARTUP_SCRIPT_PATH": "STARTUP_COMMAND (mount the script's folder on /usr/aiinfra/copy)",
    "SETUP_RAY": "ORCHESTRATOR_TYPE",
    "GKE_NODE_COUNT": "GKE_NODE_COUNT_PER_NODE_POOL",
    "SLEEP_DURATION_SEC": "nothing: this tool doesn't sleep",
}


@dataclass(frozen=True)
class NearMiss:
    """The environment has `name`, and `meant` may be meant; `clear` where it surely is."""

    name: str
    meant: Parameter
    clear: bool


@dataclass(frozen=True)
class Suspicious:
    """Names that are no parameters but resemble one, with the problems and notes about them."""

    misses: tuple[NearMiss, ...]
    problems: tuple[str, ...]
    notes: tuple[str, ...]

    def meant_for(self, parameter: Parameter) -> list[str]:
        """Return the names that resemble `parameter`."""
        return [shown(miss.name) for miss in self.misses if miss.meant is parameter]


def suspicious_names(environ: Mapping[str, str], given: Container[str], catalogue: Catalogue) -> Suspicious:
    """Find the names in `environ` that are close to a parameter's in `catalogue`; `given` are the fields that are set.

    A near miss is *clear*, and a problem, if it is one letter away (or differs only in case or underscores) from an
    unset parameter of the cluster with at least eight letters: the run would go on without it. Every other near miss is
    a note. An unset mandatory parameter is a problem of its own.
    """
    misses = _near_misses(environ, given, catalogue)
    problems = tuple(
        f"{shown(miss.name)} is no parameter, but {miss.meant.name} is, and it is unset: correct the name "
        f"(or remove {shown(miss.name)}, if it is meant for something else)"
        for miss in misses
        if miss.clear and not miss.meant.declaration.mandatory
    )
    near = tuple(
        f"{shown(miss.name)} is no parameter of this tool; {miss.meant.name} is" for miss in misses if not miss.clear
    )
    former = tuple(
        f"{name} is no parameter of this tool, and is ignored; instead there is: {instead}"
        for name, instead in FORMER.items()
        if environ.get(name)
    )
    return Suspicious(misses, problems, near + former)


def _near_misses(environ: Mapping[str, str], given: Container[str], catalogue: Catalogue) -> tuple[NearMiss, ...]:
    names = catalogue.names
    # foreign.py reports another cloud's parameters; but ZONES may well be meant for ZONE.
    others = GCP.names if catalogue is not GCP else {}
    found: list[NearMiss] = []
    for name in sorted(environ):
        if name in names or name in others or name in FORMER or not environ[name].strip():
            continue
        closest = _closest(name, names)
        if closest is None:
            continue
        meant, distance = closest
        unset = meant.field not in given and not meant.declaration.run_only
        found.append(NearMiss(name, meant, unset and distance <= 1 and len(meant.name) >= SHORTEST_CLEAR))
    return tuple(found)


def _closest(name: str, names: Mapping[str, Parameter]) -> tuple[Parameter, int] | None:
    best: tuple[int, str] | None = None
    for known in names:
        if abs(len(known) - len(name)) > 2:
            continue
        allowed = 2 if min(len(name), len(known)) >= SHORTEST_FOR_TWO else 1
        if _at_least(_plain(name), _plain(known)) > allowed:
            continue
        distance = 0 if _plain(name) == _plain(known) else edits(name.upper(), known)
        if distance <= allowed and (best is None or distance < best[0]):
            best = distance, known
    return (names[best[1]], best[0]) if best else None


def _at_least(left: str, right: str) -> int:
    """Return a lower bound of the edits, quickly: the letters that only one of the words has."""
    these, those = _letters(left), _letters(right)
    return max((these - those).total(), (those - these).total())


@cache
def _letters(text: str) -> Counter[str]:
    return Counter(text)


@cache
def _plain(name: str) -> str:
    return name.replace("_", "").replace("-", "").upper()
