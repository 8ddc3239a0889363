"""Takes apart lines of slurm.conf as Slurm's own parser does (src/common/parse_config.c, tags 22.05 to 26.05).

A `#` begins a comment unless an odd number of backslashes stands before it; a line whose end has an odd number goes on
in the next one; a backslash hides the character behind it. `Key=Value` stands alone or with others in a line; a value
with blanks stands in double quotes. The rest of a NodeName or PartitionName line has keys of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from cluster_provision.settings.readers.slurm.keys import find_key

_PAIR = re.compile(r"\s*([A-Za-z0-9_.]+)\s*([-*+/]?)=\s*(?:\"([^\"]*)\"|(\S+))(?=\s|$)")
_INCLUDE = re.compile(r"\s*include\s+(\S+)", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """A key and its value, and where it stands: `line 4`, `entry 2`. `problem` says what is wrong with it, if it is."""

    place: str
    key: str
    value: str = ""
    problem: str = ""


def file_lines(text: str) -> list[Line]:
    """Return the keys of a file in the form of slurm.conf; what follows NodeName and its like in a line is theirs."""
    return [each for line in file_pairs(text) for each in _until_keys_of_its_own(line)]


def file_pairs(text: str) -> list[list[Line]]:
    """Return every key of each line of a file."""
    return [_keys(line, f"line {number}") for number, line in _whole_lines(text)]


def semicolon_lines(text: str) -> list[Line]:
    """Return the keys of `Key=Value;Key=Value`; a semicolon in double quotes is part of the value."""
    found: list[Line] = []
    for number, entry in enumerate(_entries(text), start=1):
        place = f"entry {number}"
        if len(_without_comment(entry)) < len(entry):
            found.append(Line(place, entry, problem="has a #, which begins a comment in slurm.conf; write \\#"))
        else:
            found += _until_keys_of_its_own(_keys(_unescaped(entry), place))
    return found


def _until_keys_of_its_own(line: list[Line]) -> list[Line]:
    for at, each in enumerate(line):
        known = find_key(each.key)
        if known and known.kind == "array":
            return line[: at + 1]
    return line


def _whole_lines(text: str) -> list[tuple[int, str]]:
    """The lines with what continues them, without comments and escapes, each with the number of its first."""
    whole: list[tuple[int, str]] = []
    start, pending = 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        start = start or number
        stripped = _without_comment(line)
        pending, goes_on = pending + _without_continuation(stripped), _continues(stripped)
        if not goes_on:
            whole.append((start, _unescaped(pending)))
            start, pending = 0, ""
    if pending:
        whole.append((start, _unescaped(pending)))
    return [(number, line) for number, line in whole if line.strip()]


def _without_comment(line: str) -> str:
    for match in re.finditer(r"(\\*)#", line):
        if len(match[1]) % 2 == 0:
            return line[: match.start() + len(match[1])]
    return line


def _continues(line: str) -> bool:
    bare = line.rstrip()
    return (len(bare) - len(bare.rstrip("\\"))) % 2 == 1


def _without_continuation(line: str) -> str:
    return line.rstrip()[:-1] if _continues(line) else line


def _unescaped(line: str) -> str:
    return re.sub(r"\\(.?)", r"\1", line, flags=re.DOTALL)


def _keys(line: str, place: str) -> list[Line]:
    """Every key of a whole line."""
    include = _INCLUDE.match(line)
    if include:
        return [
            Line(
                place,
                f"Include {include[1]}",
                problem="names a file that the machines don't have, or that slurmctld couldn't hand out; write its "
                "lines here",
            )
        ]
    found: list[Line] = []
    rest = line
    while rest.strip():
        match = _PAIR.match(rest)
        if not match:
            found.append(_unreadable(rest.strip(), place, found))
            break
        key, operator = match[1], match[2]
        value = match[3] if match[3] is not None else match[4]
        problem = f"is set with {operator}=, which Slurm takes for few keys alone; write =" if operator else ""
        found.append(Line(place, key, value, problem))
        rest = rest[match.end() :]
    return found


def _unreadable(text: str, place: str, before: list[Line]) -> Line:
    word = text.split(maxsplit=1)[0]
    if before and "=" not in word:
        return Line(place, word, problem=f"stands behind {before[-1].key}; a value with blanks stands in double quotes")
    if re.fullmatch(r"[A-Za-z0-9_.]+\s*=\s*", text):
        return Line(place, word.rstrip("="), problem="has no value; leave the key out")
    return Line(place, text, problem="is not Key=Value")


def _entries(text: str) -> list[str]:
    """The parts between semicolons outside of double quotes."""
    parts = re.findall(r"(?:[^;\"]|\"[^\"]*\"?)+", text)
    return [part.strip() for part in parts if part.strip()]
