"""Reads the environment: which parameters are set, by which name, to what text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.settings.given import Environment, Given
from cluster_provision.settings.readers.commands import Command
from cluster_provision.settings.reading import BadValue, NotInThisVersion, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cluster_provision.settings.catalogue import Catalogue
    from cluster_provision.settings.parameter import Parameter

QUOTES = ("'", '"')


def read_environment(environ: Mapping[str, str], catalogue: Catalogue) -> Environment:
    """Return the parameters of `catalogue` that are set in `environ`, by field; empty means unset, values are verbatim.

    White space around a value is a problem where it would become part of the value, and a note where it has no meaning.
    Quotes around a value are a problem: Docker doesn't strip them.
    """
    given: dict[str, Given] = {}
    problems: list[str] = []
    notes: list[str] = []
    for parameter in catalogue.parameters:
        texts = dict(_texts(parameter, environ))
        for name in [n for n, text in texts.items() if not text.strip()]:
            notes.append(f"{name} holds only white space, and counts as unset")
            del texts[name]
        if len({text.strip() for text in texts.values()}) > 1:
            problems.append(f"{' and '.join(texts)} are one parameter, but have different values; set only one of them")
        if not texts:
            continue
        name, text = next(iter(texts.items()))
        problem = _form_problem(parameter, name, text)
        if problem:
            problems.append(problem)
        elif parameter.declaration.reader.spaces == "ignored" and text != text.strip():
            notes.append(f"{name} has white space around its value, which is ignored")
            text = text.strip()
        given[parameter.field] = Given(parameter, name, environ[name].strip(), "" if problem else text)
    return Environment(given, tuple(problems), tuple(notes))


def _texts(parameter: Parameter, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    if environ.get(parameter.name):
        yield parameter.name, environ[parameter.name]
    for alias, turned in parameter.declaration.aliases.items():
        if environ.get(alias):
            yield alias, turned(environ[alias]) if turned else environ[alias]


def _form_problem(parameter: Parameter, name: str, text: str) -> str:
    """Return the problem with the text itself, before a reader sees it; empty for none."""
    spaces = parameter.declaration.reader.spaces
    if any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        return f"{name} is not valid UTF-8; save the env file as UTF-8"
    if _has_literal_quotes(text.strip(), is_command=isinstance(parameter.declaration.reader, Command)):
        named = _named(parameter, name, text)
        return f"{named}: the value has literal quotes, which Docker passes on; remove them"
    if spaces == "refused" and text != text.strip():
        where = "begins" if text != text.lstrip() else "ends"
        return f"{_named(parameter, name, text)}: the value {where} with white space, which Docker passes on; remove it"
    return ""


def _named(parameter: Parameter, name: str, text: str) -> str:
    """Return the name, and the value unless it is confidential."""
    hidden = parameter.declaration.confidential or _is_secret(parameter, text)
    return name if hidden else f"{name}={shown(text.strip())}"


def _is_secret(parameter: Parameter, text: str) -> bool:
    """Whether the reader would treat the text, with its quotes, as a secret."""
    try:
        parameter.declaration.reader.read(text)
    except BadValue as failure:
        return failure.secret
    except NotInThisVersion:
        pass
    return False


def _has_literal_quotes(text: str, *, is_command: bool) -> bool:
    if len(text) < 2 or text[0] not in QUOTES or text[0] != text[-1]:
        return False
    # Quotes at both ends of a command can belong to two words, and bash strips those around a single word.
    return not is_command or (text[0] not in text[1:-1] and " " in text)
