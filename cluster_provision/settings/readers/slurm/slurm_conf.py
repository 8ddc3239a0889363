"""Reads the user's own lines of slurm.conf: `Key=Value;Key=Value`, or a file in Slurm's own form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster_provision.settings.readers.files import GivenFile
from cluster_provision.settings.readers.slurm.judgement import REFUSE, TAKE, judge_everywhere
from cluster_provision.settings.readers.slurm.keys import Key, find_key, nearest_key, releases
from cluster_provision.settings.readers.slurm.owned import GRES, what_instead
from cluster_provision.settings.readers.slurm.slurm_conf_lines import Line, file_lines, semicolon_lines
from cluster_provision.settings.readers.slurm.slurm_conf_values import together, value_problem
from cluster_provision.settings.reading import BadValue, shown

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_FILE = GivenFile("lines of slurm.conf", most=256 * 1024)


@dataclass(frozen=True)
class ExtraKey:
    """A key as Slurm spells it, with its value. `file` is slurm.conf or cgroup.conf."""

    name: str
    value: str
    file: str = "slurm.conf"


@dataclass(frozen=True)
class SlurmConfExtra:
    """The user's own keys in their order, each once. `path` is the file that they came from, if they did."""

    keys: tuple[ExtraKey, ...] = ()
    path: Path | None = None

    def of(self, file: str) -> tuple[tuple[str, str], ...]:
        """Key and value of those that belong to slurm.conf or cgroup.conf."""
        return tuple((each.name, each.value) for each in self.keys if each.file == file)


class SlurmConf:
    """`Key=Value;Key=Value` or the path of a file. Keys that the tool owns are refused, with what to set instead."""

    type_name = "keys of slurm.conf"
    allowed = (
        "Key=Value, several separated by semicolons, or the path of a file in the form of slurm.conf; keys of "
        "slurm.conf and cgroup.conf but for those that the tool sets itself"
    )
    spaces = "ignored"

    def read(self, text: str) -> SlurmConfExtra:
        """Return the keys. Raises BadValue with a line for each thing that is wrong, and the rest as a line to copy."""
        if _is_path(text):
            path = _FILE.read(text.strip())
            return read_lines(file_lines(path.read_text(encoding="utf-8-sig", errors="strict")), path)
        return read_lines(semicolon_lines(text), None)

    def show(self, value: Any) -> str:
        return str(value.path) if value.path else ready_line(value.keys)

    def schema(self) -> dict[str, Any]:
        return {"minLength": 1}


def read_lines(lines: list[Line], path: Path | None) -> SlurmConfExtra:
    """Return the keys of these lines. Raises BadValue."""
    reasons: list[str] = []
    good: dict[str, ExtraKey] = {}
    where: dict[str, str] = {}
    owned = False
    for line in lines:
        key = find_key(line.key) if not line.problem else None
        instead = what_instead(line.key)
        problem = line.problem or (f"is the tool's own: {instead}" if instead else _problem(line, key))
        if not problem and key and (refused := _refused_by_all(key, line.value)):
            reasons.append(f"{line.place}: {refused}")
            continue
        if not problem and key and key.name in where:
            problem = f"is there twice, {where[key.name]} too; Slurm's keys know no case"
        if problem:
            owned = owned or bool(instead)
            reasons.append(f"{line.place} has {shown(line.key)}, which {problem}")
        elif key:
            where[key.name] = line.place
            good[key.name] = ExtraKey(key.name, line.value, key.file)
    reasons += [f"has {reason}" for reason in together({each.name: each.value for each in good.values()})]
    if reasons:
        if good and owned:
            reasons[-1] += _rest(good.values())
        raise BadValue(*reasons)
    return SlurmConfExtra(tuple(good.values()), path)


def _refused_by_all(key: Key, value: str) -> str:
    """Why no release starts with this, as the newest that knows the key says; empty where one does."""
    judged = judge_everywhere(key.name, value)
    if any(each.outcome != REFUSE for each in judged.values()):
        return ""
    return [each.reason for release, each in judged.items() if key.span.holds(release)][-1]


def _rest(keys: Iterable[ExtraKey]) -> str:
    """What to write in the place of all: what every release takes. What only some take is named with those."""
    everywhere: list[ExtraKey] = []
    some: list[str] = []
    for each in keys:
        takes = [name for name, told in judge_everywhere(each.name, each.value).items() if told.outcome == TAKE]
        if len(takes) == len(releases()):
            everywhere.append(each)
        elif takes:
            some.append(f"{ready_line([each])} (Slurm {', '.join(takes)} alone)")
        else:
            some.append(f"{ready_line([each])} (which means nothing any more)")
    text = f"; without all of these it is SLURM_CONF_EXTRA={ready_line(everywhere)}" if everywhere else ""
    return text + (f"; not in that, since not every release takes it: {', '.join(some)}" if some else "")


def ready_line(keys: Iterable[ExtraKey]) -> str:
    """Return the keys as one value for an env file; those whose value has a semicolon, in quotes."""
    return ";".join(f"{each.name}={_quoted(each.value)}" for each in keys)


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("#", "\\#")
    return f'"{escaped}"' if any(c in value for c in " ;") else escaped


def _problem(line: Line, key: Key | None) -> str:
    if not key:
        nearest = nearest_key(line.key)
        return f"no release of Slurm from 22.05 to 26.05 knows{f'; did you mean {nearest}?' if nearest else ''}"
    if key.file == "gres.conf":
        return f"is a key of gres.conf: {GRES}"
    if key.kind == "array":
        return "is a line with keys of its own, which the tool doesn't take"
    return value_problem(key, line.value)


def _is_path(text: str) -> bool:
    """A path begins with a slash, a dot or ~; a key never does."""
    return text.lstrip().startswith(("/", "./", "../", "~"))
