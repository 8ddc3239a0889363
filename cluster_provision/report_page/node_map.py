"""The map of the nodes: a cell for each, and in it the GPUs that its findings name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Tone = Literal["good", "bad", "unsure", "idle"]

OF_HEALTH: dict[str, Tone] = {"healthy": "good", "unhealthy": "bad", "unknown": "unsure"}
OF_STATUS: dict[str, Tone] = {
    "ready": "good",
    "failed": "bad",
    "missing": "bad",
    "unreachable": "bad",
    "drained": "unsure",
}
"""What is in neither is still under way, or has nothing to check."""

MARKS: dict[Tone, str] = {"good": "✓", "bad": "✕", "unsure": "?", "idle": "·"}
"""Beside the colours, which not everybody can tell apart."""

GPU = re.compile(r"\bGPU(?: id)? (\d{1,3})\b")
MANY = 64
"""With more nodes, a cell has no room for a name: it is in the cell's title."""


@dataclass(frozen=True)
class Gpu:
    """A GPU by its number; `bad` where a failed check names it."""

    number: int
    bad: bool


@dataclass(frozen=True)
class Finding:
    """What a check of the node found; `codes` are fault codes."""

    check: str
    status: str
    detail: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """A node: `word` is its verdict or status. `gpus` are all of its GPUs where the result knows how many there are,
    else those that its findings name."""

    name: str
    word: str
    tone: Tone
    mark: str
    gpus: tuple[Gpu, ...]
    findings: tuple[Finding, ...]

    @property
    def bad_gpus(self) -> list[int]:
        return [gpu.number for gpu in self.gpus if gpu.bad]


@dataclass(frozen=True)
class NodeMap:
    """All nodes, and how many have each word. `of_health`: the words are verdicts, not the set-up's statuses."""

    cells: tuple[Cell, ...]
    counts: tuple[tuple[str, Tone, int], ...]
    of_health: bool

    @property
    def many(self) -> bool:
        return len(self.cells) > MANY


def node_map(result: Mapping[str, Any]) -> NodeMap:
    """The map by the nodes' health where the result has it, else by their set-up."""
    health = result["health"]
    if health and health["nodes"]:
        cells = tuple(_of_health(node, result["gpus_per_node"] or 0) for node in health["nodes"])
    else:
        cells = tuple(_cell(node["name"], node["status"], OF_STATUS) for node in result["nodes"])
    words = dict.fromkeys((cell.word, cell.tone) for cell in cells)
    counts = tuple((word, tone, sum(cell.word == word for cell in cells)) for word, tone in words)
    return NodeMap(cells, counts, of_health=bool(health and health["nodes"]))


def _of_health(node: Mapping[str, Any], gpus: int) -> Cell:
    findings = tuple(
        Finding(check["name"], check["status"], check["detail"], tuple(check["faults"]))
        for check in node["checks"]
        if check["status"] not in ("passed", "skipped")
    )
    word = node["verdict"] or "not checked"
    there = gpus if word in OF_HEALTH else 0  # of a node that wasn't checked, nobody knows how they are
    return _cell(node["name"], word, OF_HEALTH, findings, there)


def _cell(name: str, word: str, tones: Mapping[str, Tone], findings: tuple[Finding, ...] = (), gpus: int = 0) -> Cell:
    tone = tones.get(word, "idle")
    bad = {int(number) for each in findings if each.status == "failed" for number in GPU.findall(each.detail)}
    numbers = sorted({*range(gpus), *bad})
    return Cell(name, word, tone, MARKS[tone], tuple(Gpu(each, each in bad) for each in numbers), findings)
