"""Slurm's lists of hosts, such as `dgx[01-03,7],login`."""

from __future__ import annotations

import re

PART = re.compile(r"[^,\[\]]+(?:\[[^\]]*\])?[^,\[\]]*")


def expand(text: str) -> list[str]:
    """The names in a list."""
    return [name for part in PART.findall(text) for name in _names(part)]


def fold(names: list[str]) -> str:
    """A list of these names, in which neighbours are a range."""
    groups: dict[tuple[str, int], list[int]] = {}
    plain = []
    for name in names:
        found = re.fullmatch(r"(.*?)(\d+)", name)
        if found:
            groups.setdefault((found[1], len(found[2])), []).append(int(found[2]))
        else:
            plain.append(name)
    return ",".join([*plain, *(_folded(prefix, width, numbers) for (prefix, width), numbers in groups.items())])


def _names(part: str) -> list[str]:
    found = re.fullmatch(r"([^\[]*)\[([^\]]*)\](.*)", part)
    if not found:
        return [part]
    names = []
    for span in found[2].split(","):
        first, _, last = span.partition("-")
        for number in range(int(first), int(last or first) + 1):
            names.append(f"{found[1]}{number:0{len(first)}d}{found[3]}")
    return names


def _folded(prefix: str, width: int, numbers: list[int]) -> str:
    if len(numbers) == 1:
        return f"{prefix}{numbers[0]:0{width}d}"
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    shown = [f"{a:0{width}d}" if a == b else f"{a:0{width}d}-{b:0{width}d}" for a, b in spans]
    return f"{prefix}[{','.join(shown)}]"
