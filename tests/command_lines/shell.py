"""Takes a command line apart as bash does, and refuses whatever bash would do more than that."""

from __future__ import annotations

import re

PLACEHOLDER = re.compile(r"<[A-Za-z][^<>\n`]*>")
SPECIAL = frozenset("|;&()<>$`*?[]{}!\\")


class BadLine(AssertionError):
    """A command line that its program, or the shell, would not take as it is meant."""


def filled(line: str) -> str:
    """The line with a plain value in the place of each `<placeholder>`, as a user fills it in."""
    return PLACEHOLDER.sub("x", line)


def commands(line: str) -> list[list[str]]:
    """The words of each command of a line, where `&&` stands between two of them.

    Raises BadLine for a character that means something to the shell and isn't quoted.
    """
    return [words(part) for part in line.split(" && ")]


def words(line: str) -> list[str]:
    """The words of one command, less a comment at its end."""
    found, rest = [], line.strip()
    while rest and not rest.startswith("#"):
        if rest.startswith("~"):
            raise BadLine(f"~ is another folder for each user: {line}")
        word, rest = _word(rest)
        found.append(word)
    return found


def _word(rest: str) -> tuple[str, str]:
    """The first word, without its quotes, and what follows it."""
    word, quote = "", ""
    for index, char in enumerate(rest):
        if char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote = char
        elif not quote and char.isspace():
            return word, rest[index:].strip()
        elif (not quote and char in SPECIAL) or (quote == '"' and char in "$`\\!"):
            raise BadLine(f"{char} means something to the shell: {rest}")
        else:
            word += char
    if quote:
        raise BadLine(f"a quote is not closed: {rest}")
    return word, ""
