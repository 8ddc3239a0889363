"""The environment's part of the work: which parameters are set, under which name, to what text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.settings.reading import BadValue, NotInThisVersion, shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cluster_provision.settings.catalogue import Catalogue
    from cluster_provision.settings.parameter import Parameter

QUOTES = ("'", '"')


@dataclass(frozen=True)
class Given:
    """A parameter that is set: `name` and `written` as the environment has them, `text` what its reader gets."""

    parameter: Parameter
    name: str
    written: str
    text: str

    @property
    def subject(self) -> str:
        """How an error line begins: the name, and the value unless it is long or confidential."""
        reader = self.parameter.declaration.reader
        if self.parameter.declaration.confidential or reader.spaces == "kept":
            return self.name
        return f"{self.name}={shown(self.written)}"


@dataclass(frozen=True)
class Environment:
    """What the environment says of our parameters; each problem and note is one line."""

    given: Mapping[str, Given]
    problems: tuple[str, ...]
    notes: tuple[str, ...]


def read_environment(environ: Mapping[str, str], catalogue: Catalogue) -> Environment:
    """The parameters of `catalogue` that are set in `environ`, by field; empty means unset, values are verbatim.

    White space around a value is pointed out where it would become part of the value, and noted where
    it can mean nothing; quotes around a value, which Docker doesn't strip, are pointed out as such.
    """
    given: dict[str, Given] = {}
    problems: list[str] = []
    notes: list[str] = []
    for parameter in catalogue.parameters:
        texts = dict(_texts(parameter, environ))
        for name in [n for n, text in texts.items() if not text.strip()]:
            notes.append(f"{name} holds nothing but white space, and counts as unset")
            del texts[name]
        if len({text.strip() for text in texts.values()}) > 1:
            problems.append(f"{' and '.join(texts)} are one parameter, and set to different values; set one of them")
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
    """What is wrong with the text as such, before anything reads it."""
    spaces = parameter.declaration.reader.spaces
    if any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        return f"{name} is not valid UTF-8; save the env file as UTF-8"
    if _has_literal_quotes(text.strip(), is_command=spaces == "kept" and parameter.field == "startup_command"):
        named = _named(parameter, name, text)
        return f"{named}: the value has literal quotes, which Docker passes on as they stand; remove them"
    if spaces == "refused" and text != text.strip():
        where = "begins" if text != text.lstrip() else "ends"
        return f"{_named(parameter, name, text)}: the value {where} with white space, which Docker passes on; remove it"
    return ""


def _named(parameter: Parameter, name: str, text: str) -> str:
    """The name, and the value unless nobody may see it."""
    hidden = parameter.declaration.confidential or _is_secret(parameter, text)
    return name if hidden else f"{name}={shown(text.strip())}"


def _is_secret(parameter: Parameter, text: str) -> bool:
    """Whether the text, quotes and all, is something that its reader would show nobody."""
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
    # In a command, quotes at both ends can belong to two words, and around a single word bash strips them.
    return not is_command or (text[0] not in text[1:-1] and " " in text)
