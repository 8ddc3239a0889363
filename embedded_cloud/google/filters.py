"""The list methods' `filter` parameter: AIP-160 expressions (https://google.aip.dev/160) and compute's `eq`/`ne`."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable
from typing import Any

from embedded_cloud.google.failure import invalid

Test = Callable[[dict[str, Any]], bool]

TOKEN = re.compile(
    r"""\s*(?:(?P<paren>[()])|(?P<op><=|>=|!=|[=<>:])|(?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?P<word>[^\s()=<>!:"']+))"""
)
WORD_OPERATORS = {"eq", "ne"}


def compile_filter(text: str) -> Test:
    """A test for resources; raises ApiError (400) where the expression can't be read. An empty one lets all pass."""
    if not text.strip():
        return lambda _: True
    reader = _Reader(text)
    test = reader.expression()
    if not reader.ended():
        raise reader.refusal()
    return test


class _Reader:
    """Reads by descent: AND binds weaker than OR, and expressions side by side are ANDed."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text.rstrip()):
            found = TOKEN.match(text, at)
            if not found:
                raise self.refusal()
            kind = str(found.lastgroup)
            self._tokens.append((kind, found.group(kind)))
            at = found.end()
        self._at = 0

    def refusal(self) -> Exception:
        return invalid(f"Invalid value for field 'filter': '{self._text}'. Invalid list filter expression.")

    def ended(self) -> bool:
        return self._at >= len(self._tokens)

    def expression(self) -> Test:
        tests = [self._factor()]
        while not self.ended() and self._peek() != ("paren", ")"):
            if self._peek() == ("word", "AND"):
                self._at += 1
            tests.append(self._factor())
        return lambda body: all(test(body) for test in tests)

    def _factor(self) -> Test:
        tests = [self._term()]
        while self._peek() == ("word", "OR"):
            self._at += 1
            tests.append(self._term())
        return lambda body: any(test(body) for test in tests)

    def _term(self) -> Test:
        kind, text = self._next()
        if (kind, text) == ("word", "NOT"):
            inner = self._term()
            return lambda body: not inner(body)
        if (kind, text) == ("paren", "("):
            inner = self.expression()
            if self._next() != ("paren", ")"):
                raise self.refusal()
            return inner
        if kind != "word":
            raise self.refusal()
        if text.startswith("-") and len(text) > 1:
            negated = self._comparison(text[1:])
            return lambda body: not negated(body)
        return self._comparison(text)

    def _comparison(self, field: str) -> Test:
        kind, operator = self._next()
        if kind != "op" and not (kind == "word" and operator in WORD_OPERATORS):
            raise self.refusal()
        kind, value = self._next()
        while self._peek() == ("op", ":") and kind == "word":  # an unquoted value with a colon in it
            self._at += 1
            value += ":" + self._next()[1]
        if kind == "quoted":
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        elif kind != "word":
            raise self.refusal()
        return lambda body: _holds(_field(body, field), operator, value)

    def _peek(self) -> tuple[str, str]:
        return ("", "") if self.ended() else self._tokens[self._at]

    def _next(self) -> tuple[str, str]:
        if self.ended():
            raise self.refusal()
        self._at += 1
        return self._tokens[self._at - 1]


def _field(body: Any, path: str) -> Any:
    """The value at `a.b`; a label's key may hold dots itself, so the longest key that fits is taken."""
    if not path:
        return body
    if isinstance(body, list):
        return [found for each in body if (found := _field(each, path)) is not None] or None
    if not isinstance(body, dict):
        return None
    parts = path.split(".")
    for count in range(len(parts), 0, -1):
        key = ".".join(parts[:count])
        if key in body:
            return _field(body[key], ".".join(parts[count:]))
    return None


def _holds(found: Any, operator: str, value: str) -> bool:  # noqa: PLR0911 one line an operator
    if operator == ":" and value == "*":
        return found is not None
    if isinstance(found, list):
        return any(_holds(each, operator, value) for each in found)
    if isinstance(found, dict):
        return operator == ":" and value in found
    if operator in ("!=", "ne"):
        return not _holds(found, "=" if operator == "!=" else "eq", value)
    if found is None:
        return False
    text = str(found).lower() if isinstance(found, bool) else str(found)
    if operator == "eq":
        return re.fullmatch(value, text) is not None
    if operator == "=":
        return _same(text, value)
    if operator == ":":
        return _same(text, value) or value.lower().strip("*") in text.lower()
    return _ordered(text, operator, value)


def _same(text: str, value: str) -> bool:
    if "*" in value:
        return fnmatch.fnmatchcase(text, value.replace("[", "[[]").replace("?", "[?]"))
    return text == value or (value in ("true", "false", "True", "False") and text == value.lower())


def _ordered(text: str, operator: str, value: str) -> bool:
    left: Any
    right: Any
    try:
        left, right = float(text), float(value)
    except ValueError:
        left, right = text, value
    return bool({"<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right}[operator])
