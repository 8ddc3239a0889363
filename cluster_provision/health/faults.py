"""AzNHC's fault codes: the meaning of each, and what to do. faults.toml has them with their source."""

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
    """A fault code. `category` is the one under which Azure takes a reported physical machine out of use, if any."""

    code: str
    category: str
    meaning: str
    advice: str


@cache
def known() -> dict[str, Fault]:
    """Return AzNHC's codes."""
    table = tomllib.loads((resources.files(__package__) / "faults.toml").read_text(encoding="utf-8"))
    return {code: Fault(code, **row) for code, row in table.items()}


def codes_in(text: str) -> tuple[str, ...]:
    """Return the codes in a check's detail, each once, in their order."""
    return tuple(dict.fromkeys(CODE.findall(text)))


def faults_of(health: NodeHealth) -> tuple[Fault, ...]:
    """Return the faults whose codes a node's checks name. Unknown codes are left out: the detail has them."""
    codes = dict.fromkeys(code for check in health.checks for code in codes_in(check.detail))
    return tuple(known()[code] for code in codes if code in known())
