"""The argument rules of each command, from the TOML files beside, and what a line has to name."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tests.command_lines.shell import BadLine, commands, filled

RULES = Path(__file__).parent / "programs"
FULL_ID = re.compile(r"/subscriptions/[^/]+(/.+)?")
ANY = 1000


@dataclass(frozen=True)
class Rule:
    """One command of a program, by the names in programs/*.toml.

    `objects` says how many arguments without a flag it takes. `values` are flags with a value, `switches` those
    without; `several` are flags with more than one value. `needs` are needed, each one of its alternatives. `scope`
    says what names the project or subscription: a flag, or the object itself. `changes`: it changes what it names.
    `members`: it takes several of one thing, each by its name.
    """

    objects: tuple[int, int] = (0, 0)
    values: tuple[str, ...] = ()
    switches: tuple[str, ...] = ()
    several: tuple[str, ...] = ()
    needs: tuple[tuple[str, ...], ...] = ()
    scope: str = "flag"
    changes: bool = False
    members: bool = False
    passes_on: bool = False


@dataclass(frozen=True)
class Parsed:
    """A command line, taken apart."""

    program: str
    command: str
    rule: Rule
    objects: list[str] = field(default_factory=list)
    flags: dict[str, list[str]] = field(default_factory=dict)
    rest: list[str] = field(default_factory=list)


@cache
def programs() -> dict[str, dict[str, Rule]]:
    """The commands of each program, by their words."""
    return {path.stem: _read(tomllib.loads(path.read_text())) for path in sorted(RULES.glob("*.toml"))}


def _read(told: dict[str, Any]) -> dict[str, Rule]:
    wide: dict[str, list[str]] = told.get("wide", {})
    return {name: _rule(wide, given) for name, given in told["commands"].items()}


def _rule(wide: dict[str, list[str]], given: dict[str, Any]) -> Rule:
    one = given.get("objects", 0)
    least, most = (one, one) if isinstance(one, int) else (one[0], one[1] if len(one) > 1 else ANY)
    needs = tuple((each,) if isinstance(each, str) else tuple(each) for each in given.get("needs", ()))
    bare = (*given.get("switches", ()), *given.get("several", ()))
    named = [flag for alternatives in needs for flag in alternatives if flag not in bare]
    return Rule(
        (least, most),
        (*wide.get("values", ()), *given.get("values", ()), *named),
        (*wide.get("switches", ()), *given.get("switches", ())),
        tuple(given.get("several", ())),
        needs,
        **{key: given[key] for key in ("scope", "changes", "members", "passes_on") if key in given},
    )


def check(line: str) -> list[Parsed]:
    """What the line's commands are. Raises BadLine where one isn't as its program takes it, or names too little."""
    found = [parse(each) for each in commands(filled(line))]
    for each in found:
        _check_scope(each, line)
        _check_objects(each, line)
    return found


def is_mention(text: str) -> bool:
    """Whether it names a command alone, which can't be run without more."""
    program, _, command = text.partition(" ")
    if program == "ssh" and command in ("-J", "-L", "-N"):
        return True
    rule = programs().get(program, {}).get(command)
    return rule is not None and (bool(rule.needs) or rule.objects[0] > 0)


def parse(given: list[str]) -> Parsed:
    """Take a command's words apart by its rule."""
    program, *rest = given
    if program not in programs():
        raise BadLine(f"no rules for {program}: {given}")
    command = max((name for name in programs()[program] if _begins(rest, name.split())), key=len, default=None)
    if command is None:
        raise BadLine(f"no such command in tests/command_lines/programs/{program}.toml: {given}")
    parsed = Parsed(program, command, programs()[program][command])
    _sort(parsed, rest[len(command.split()) :])
    _check_arguments(parsed, given)
    return parsed


def _begins(words: list[str], name: list[str]) -> bool:
    return words[: len(name)] == name


def _sort(parsed: Parsed, words: list[str]) -> None:
    rule, waiting = parsed.rule, list(words)
    while waiting:
        word = waiting.pop(0)
        flag, equals, value = word.partition("=")
        if word == "--" or (rule.passes_on and len(parsed.objects) == rule.objects[1]):
            parsed.rest.extend(waiting if word == "--" else [word, *waiting])
            return
        if not word.startswith("-") or word == "-":
            parsed.objects.append(word)
        elif flag in rule.several:
            while waiting and not waiting[0].startswith("-"):
                parsed.flags.setdefault(flag, []).append(waiting.pop(0))
        elif flag in rule.values:
            if not equals and not waiting:
                raise BadLine(f"{flag} has no value: {words}")
            parsed.flags.setdefault(flag, []).append(value if equals else waiting.pop(0))
        elif word in rule.switches:
            parsed.flags.setdefault(flag, [])
        else:
            raise BadLine(f"{parsed.program} {parsed.command} takes no {flag}: {words}")


def _check_arguments(parsed: Parsed, given: list[str]) -> None:
    least, most = parsed.rule.objects
    if not least <= len(parsed.objects) <= most:
        raise BadLine(f"{parsed.command} takes {least} to {most} arguments, not {parsed.objects}: {given}")
    for alternatives in parsed.rule.needs:
        if sum(flag in parsed.flags for flag in alternatives) != 1:
            raise BadLine(f"{parsed.command} needs one of {alternatives}: {given}")
    for flag, values in parsed.flags.items():
        if flag in (*parsed.rule.values, *parsed.rule.several) and not all(values or [""]):
            raise BadLine(f"{flag} is empty: {given}")
        if len(values) > 1 and flag in parsed.rule.values and flag not in ("-o", "-L"):
            raise BadLine(f"{flag} is given twice: {given}")


def _check_scope(parsed: Parsed, line: str) -> None:
    """A line that anybody may paste goes to the cluster's project or subscription, whatever theirs is by default."""
    if parsed.rule.scope != "flag":
        return
    if parsed.program == "gcloud" and "--project" not in parsed.flags:
        raise BadLine(f"it names no --project: {line}")
    if parsed.program == "az" and "--subscription" not in parsed.flags:
        ids = [each for flag in ("--ids", "--scope") for each in parsed.flags.get(flag, ())]
        if not ids or not all(FULL_ID.fullmatch(each) or each == "x" or each.startswith("x/") for each in ids):
            raise BadLine(f"it names no --subscription, and no resource by its full id: {line}")


def _check_objects(parsed: Parsed, line: str) -> None:
    """What changes something changes one thing, named as a whole."""
    if not parsed.rule.changes:
        return
    named = [*parsed.objects, *parsed.flags.get("--ids", ())]
    if any(char in each for each in named for char in "*?[]"):
        raise BadLine(f"it names more than one thing: {line}")
    if len(named) > 1 and not parsed.rule.members:
        raise BadLine(f"it changes several things at once: {line}")
    if parsed.flags.keys() & {"--all", "-A", "--all-namespaces", "--recursive", "-r", "--yes", "-y", "--quiet"}:
        raise BadLine(f"it changes more than it names, or asks nobody: {line}")
