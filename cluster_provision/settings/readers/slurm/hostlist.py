"""Reads and writes Slurm's lists of hosts, such as `dgx[01-10],a[1,3-5]` (slurm.conf(5), "NodeName")."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

from cluster_provision.settings.reading import BadValue, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Slurm's own limits: 64 Ki hosts in one range, and 64 Ki nodes (src/common/hostlist.c and node_conf.h at 24.11).
MOST_HOSTS = 65_533
_RANGE = re.compile(r"\s*([0-9]+)\s*(?:-\s*([0-9]+)\s*)?")
_TRAILING = re.compile(r"(.*?)([0-9]{1,15})", re.DOTALL)


def expand_hostlist(text: str) -> tuple[str, ...]:
    """Return the hosts in the order of the text, those named twice included.

    Raises BadValue with a reason for each bad entry. What a host's name may be made of is not looked at.
    """
    hosts: list[str] = []
    reasons: list[str] = []
    for entry in split_outside_brackets(text):
        try:
            hosts += _hosts(entry, MOST_HOSTS - len(hosts))
        except BadValue as bad:
            reasons += [f"has {shown(entry)}, which {reason}" for reason in bad.reasons]
    if reasons:
        raise BadValue(*reasons)
    return tuple(hosts)


def fold_hostlist(hosts: Iterable[str]) -> str:
    """Return the shortest list of ranges that `expand_hostlist` and Slurm read as these hosts, each once.

    Names are folded by the number at their end. Names that begin alike stand together where the first of them was.
    """
    numbers: dict[str, set[str]] = {}
    for host in dict.fromkeys(hosts):
        match = _TRAILING.fullmatch(host)
        prefix, digits = (match[1], match[2]) if match else (host, "")
        numbers.setdefault(prefix, set()).add(digits)
    return ",".join(part for prefix, every in numbers.items() for part in _folded(prefix, every))


def split_outside_brackets(text: str, separator: str = ",") -> list[str]:
    """Return the parts between separators that stand outside of brackets, stripped, without empty ones."""
    parts, depth, start = [], 0, 0
    for at, character in enumerate(text):
        if character == "[":
            depth += 1
        elif character == "]":
            depth = max(0, depth - 1)
        elif character == separator and not depth:
            parts.append(text[start:at])
            start = at + 1
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()]


def _hosts(entry: str, most: int) -> list[str]:
    """The hosts of one entry, such as dgx[01-10] or rack[1-2]n[1-4]."""
    pieces: list[Sequence[str]] = []
    count, rest = 1, entry
    while rest:
        before, bracket, after = rest.partition("[")
        if "]" in before:
            raise BadValue("closes a bracket that it doesn't open")
        pieces.append((before,))
        if not bracket:
            break
        inside, closed, rest = after.partition("]")
        if not closed or "[" in inside:
            raise BadValue("has a bracket that isn't closed; a range looks like dgx[01-10]")
        every = _numbers(inside, most)
        pieces.append(every)
        count *= len(every)
        if count > most:
            raise BadValue(f"is more hosts than Slurm takes ({MOST_HOSTS})")
    return ["".join(parts) for parts in product(*pieces)]


def _numbers(inside: str, most: int) -> list[str]:
    """The numbers of `01-03,7`, as text."""
    found: list[str] = []
    for part in inside.split(","):
        match = _RANGE.fullmatch(part)
        if not match:
            colon = re.fullmatch(r"\s*([0-9]+):([0-9]+)\s*", part)
            right = f"; a range is written with a dash: [{colon[1]}-{colon[2]}]" if colon else ""
            raise BadValue(f"has {shown(part) or 'nothing'} in its brackets, which is no number and no range{right}")
        first, last = match[1], match[2] or match[1]
        if len(last) > 15:
            raise BadValue("has a number of more than 15 digits")
        if int(last) < int(first):
            raise BadValue(f"counts backwards; write [{last}-{first}]")
        if first[0] == "0" and len(first) > 1 and len(last) != len(first):
            raise BadValue(f"has a range whose ends differ in length; write [{first}-{last.zfill(len(first))}]")
        if int(last) - int(first) >= most:
            raise BadValue(f"is more hosts than Slurm takes ({MOST_HOSTS})")
        found += [f"{number:0{len(first)}d}" for number in range(int(first), int(last) + 1)]
    return found


def _folded(prefix: str, numbers: set[str]) -> list[str]:
    """`prefix` by itself if the empty number is among them, and with all numbers in one pair of brackets."""
    plain = [prefix] if "" in numbers else []
    runs: list[tuple[str, str]] = []
    for digits in sorted(numbers - {""}, key=lambda text: (len(text), text)):
        if runs and _follows(*runs[-1], digits):
            runs[-1] = (runs[-1][0], digits)
        else:
            runs.append((digits, digits))
    ranges = [first if first == last else f"{first}-{last}" for first, last in runs]
    if not ranges:
        return plain
    alone = len(runs) == 1 and runs[0][0] == runs[0][1]
    return [*plain, f"{prefix}{ranges[0]}" if alone else f"{prefix}[{','.join(ranges)}]"]


def _follows(first: str, last: str, digits: str) -> bool:
    """Whether `digits` continues the range: the next number, written as wide as the range's first number makes it."""
    padded = len(first) > 1 and first[0] == "0"
    width = len(first) if padded else 1
    return (
        int(digits) == int(last) + 1 and digits == f"{int(digits):0{width}d}" and not (padded and len(digits) > width)
    )
