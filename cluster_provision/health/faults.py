"""AzNHC's fault codes: what each means, and what to do about it. They are data, in faults.toml, with their source."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cluster_provision.node import NodeHealth

CODE = re.compile(r"\bNHC(?:\d{4}|NA)\b")


@dataclass(frozen=True)
class Fault:
    """A code; with a `category`, Azure can take the physical machine out of use when it is told under that."""

    code: str
    category: str
    meaning: str
    advice: str


@cache
def known() -> dict[str, Fault]:
    """The codes that AzNHC has."""
    table = tomllib.loads((resources.files(__package__) / "faults.toml").read_text())
    return {code: Fault(code, **row) for code, row in table.items()}


def codes_in(text: str) -> tuple[str, ...]:
    """The codes that a check's detail names, each once, in their order."""
    return tuple(dict.fromkeys(CODE.findall(text)))


def faults_of(health: NodeHealth) -> tuple[Fault, ...]:
    """What is known of the codes that a node's checks name. A code that isn't known is left out: the detail has it."""
    codes = dict.fromkeys(code for check in health.checks for code in codes_in(check.detail))
    return tuple(known()[code] for code in codes if code in known())
