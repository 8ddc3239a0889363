"""Loads typed settings from the environment, or reports all problems at once."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cluster_provision.errors import SettingsError
from cluster_provision.settings.catalogue import catalogue_of
from cluster_provision.settings.declared.action import ACTIONS, NEEDS_ARGUMENT, TAKES_ARGUMENT, TITLES
from cluster_provision.settings.draft import DraftOf
from cluster_provision.settings.environment import read_environment
from cluster_provision.settings.foreign import foreign_names
from cluster_provision.settings.given import FromFile
from cluster_provision.settings.misspelt import suspicious_names
from cluster_provision.settings.reading import BadValue, NotInThisVersion, folded, printable, shown
from cluster_provision.settings.rules import RULES
from cluster_provision.usage import meant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cluster_provision.settings.catalogue import Catalogue
    from cluster_provision.settings.common import Settings
    from cluster_provision.settings.declared.action import Action
    from cluster_provision.settings.given import Environment, Given
    from cluster_provision.settings.misspelt import Suspicious


MOST_OF_ONE = 50  # problems of one value, whose rest is counted


@dataclass(frozen=True)
class Loaded:
    """The run's action and settings; `notes` are for the user, one line each.

    `argument` is the action's, often empty.
    """

    action: Action
    settings: Settings
    notes: tuple[str, ...]
    argument: str = ""


def load(environ: Mapping[str, str], argument: str | None = None, more: str | None = None) -> Loaded:
    """Return the action and the settings that `environ` describes.

    `argument` is the command line's action, which wins; `more` is the argument after it. Raises SettingsError with
    every problem of single values, and with conflicts between the values that could be read. It never shows the value
    of METADATA or STARTUP_COMMAND.
    """
    argument = (argument or "").strip()
    catalogue = catalogue_of(environ)
    environment = read_environment({k: v for k, v in environ.items() if k != "ACTION" or not argument}, catalogue)
    file = FromFile()
    if catalogue.read_file:
        file = catalogue.read_file(environment, catalogue.names, _orchestrator(environment, catalogue))
    environment = replace(environment, given={**file.given, **environment.given})
    problems = [*environment.problems, *file.problems]
    notes = [*environment.notes, *file.notes]
    action = _action(environment.given.get("action"), argument, problems)
    more = (more or "").strip()
    if more and action is not None and action not in TAKES_ARGUMENT:
        problems.append(f"{TITLES[action]} takes no argument, but {shown(more)} is given")
    if not more and action in NEEDS_ARGUMENT:
        problems.append(f"{TITLES[action]} needs an argument: {NEEDS_ARGUMENT[action]}")
    values, bad = _read_values(environment, catalogue, problems, notes)
    names = suspicious_names(environ, environment.given, catalogue, _orchestrator(environment, catalogue))
    foreign = foreign_names(environ, catalogue, environment.given, {each.name for each in names.names})
    foreign_cloud = "cloud" in bad
    if not foreign_cloud:
        problems += [*_missing(environment, catalogue, names, file), *foreign.problems]
        notes += foreign.notes
    problems += names.problems
    notes += names.notes
    settings = replace(_settings(catalogue, values, bad), **file.fields)
    bad = (bad | file.bad) - file.excused
    if not foreign_cloud:
        given = frozenset(environment.given)
        draft = DraftOf(settings, given, frozenset(bad), _orchestrator(environment, catalogue))
        for rule in RULES[catalogue.cloud]:
            finding = rule(draft)
            problems += finding.problems
            notes += finding.notes
            draft = replace(draft, settings=finding.settings or draft.settings, bad=draft.bad | finding.bad)
        settings = draft.settings
    if problems or action is None:
        alone = action is None and bool(argument) and len(problems) == 1
        raise SettingsError(
            tuple(dict.fromkeys(map(printable, problems))),
            "`--help` says what each action does; nothing was changed." if alone else "",
            "" if alone else " in the settings",
        )
    return Loaded(action, settings, tuple(dict.fromkeys(map(printable, notes))), more)


def _action(given: Given | None, argument: str, problems: list[str]) -> Action | None:
    text = argument or (given.text if given else "")
    actions = ", ".join(TITLES.values())
    if not text:
        if given is None:
            problems.append(f"no action: give one as the argument, or as ACTION; the actions are {actions}")
        return None
    try:
        return ACTIONS.read(text)
    except BadValue:
        where = "action" if argument else "ACTION"
        near = meant(text, TITLES.values())
        asked = f"; did you mean {near}?" if near else "."
        problems.append(f"{where} {shown(text)} is unknown{asked} The actions are {actions}")
        return None


def action_named(environ: Mapping[str, str], argument: str | None) -> Action | None:
    """The action that the command line or the environment names; None where that is none of ours."""
    with contextlib.suppress(BadValue):
        return ACTIONS.read((argument or environ.get("ACTION", "")).strip())
    return None


def _read_values(
    environment: Environment, catalogue: Catalogue, problems: list[str], notes: list[str]
) -> tuple[dict[str, Any], set[str]]:
    """Return the values that could be read, by field, and the other fields. Appends to `problems` and `notes`."""
    values: dict[str, Any] = {}
    bad: set[str] = set()
    ignored: list[str] = []
    orchestrator = _orchestrator(environment, catalogue)
    for field, given in environment.given.items():
        declaration = given.parameter.declaration
        if field == "action":
            continue
        if declaration.orchestrator and declaration.orchestrator != orchestrator:
            ignored.append(given.name)
            continue
        if not given.text:  # its form is already a problem
            bad.add(field)
            continue
        try:
            values[field] = declaration.reader.read(given.text)
        except BadValue as failure:
            bad.add(field)
            lines = [_line(given, reason, secret=failure.secret) for reason in failure.reasons[:MOST_OF_ONE]]
            if " #" in given.text and not failure.secret:
                lines[0] += " (a # belongs to the value: an env file has comments on lines of their own alone)"
            more = len(failure.reasons) - len(lines)
            problems += [*lines, f"{given.name}: and {more} more"] if more else lines
        except NotInThisVersion as failure:
            bad.add(field)
            problems.append(f"{given.subject} is not in this version; {failure.instead}")
    if ignored and "orchestrator_type" not in bad:
        notes.append(f"ignored with ORCHESTRATOR_TYPE={orchestrator}, as parameters of another: {', '.join(ignored)}")
    return values, bad


def _line(given: Given, reason: str, *, secret: bool) -> str:
    if secret:
        return f"{given.name} {reason}"
    return f"{given.name}: {reason}" if reason.startswith(("entry ", "pool ")) else f"{given.subject} {reason}"


def _orchestrator(environment: Environment, catalogue: Catalogue) -> str:
    given = environment.given.get("orchestrator_type")
    return folded(given.text) if given else str(catalogue.names["ORCHESTRATOR_TYPE"].declaration.default)


def _missing(environment: Environment, catalogue: Catalogue, names: Suspicious, file: FromFile) -> list[str]:
    """Return a line for each mandatory parameter that is unset, with the names that may be meant for it."""
    return [
        f"{p.name} is not set; it is mandatory, such as {p.name}={p.declaration.example}"
        + "".join(f" ({name} is set: is it meant?)" for name in names.meant_for(p))
        for p in catalogue.parameters
        if p.declaration.mandatory and p.field not in {*environment.given, *file.bad, *file.excused}
    ]


def _settings(catalogue: Catalogue, values: dict[str, Any], bad: set[str]) -> Settings:
    """Return settings from the values. Mandatory fields without a value are empty, and are added to `bad`."""
    fields: dict[str, Any] = {}
    for parameter in catalogue.parameters:
        if parameter.field not in catalogue.model.__dataclass_fields__:
            continue
        if parameter.field in values:
            fields[parameter.field] = values[parameter.field]
        elif parameter.declaration.mandatory:
            bad.add(parameter.field)
            fields[parameter.field] = () if parameter.field == "zone" else ""
    return catalogue.model(**fields)
