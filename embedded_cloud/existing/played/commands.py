"""What a client asks a played machine's sshd to run."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass

# How the tool becomes root: as it is where the account is root, else by sudo.
AS_ROOT = re.compile(
    r'if \[ "\$\(id -u\)" = 0 \]; then .*; else exec sudo (?P<options>-n|-S -p "") (?P<shell>.*); fi', re.S
)
PYTHON = ("python3", "-I", "-c")


@dataclass(frozen=True)
class Command:
    """`code` is a program for Python, which only root's may be, `words` another with its arguments; neither: a shell's.

    `asks`: sudo asks for a password, which is the first line of the input.
    """

    words: tuple[str, ...] = ()
    code: str = ""
    sudo: bool = False
    asks: bool = False

    @property
    def is_shells(self) -> bool:
        return not self.words and not self.code


def command_of(line: str) -> Command:
    """The command in a line. Only a line of plain words is one: a played machine has no shell."""
    sudo = AS_ROOT.fullmatch(line.strip())
    if sudo is None:
        return Command(_plain(line))
    shell = shlex.split(sudo["shell"])
    words = _plain(shell[2]) if shell[:2] == ["sh", "-c"] and len(shell) == 3 else ()
    asks = sudo["options"] != "-n"
    if words[:3] == PYTHON and len(words) == 4:
        return Command(code=words[3], sudo=True, asks=asks)
    return Command(words, sudo=True, asks=asks)


def _plain(line: str) -> tuple[str, ...]:
    """The words of a line that says what it says without a shell; none of another."""
    text = line.strip().removeprefix("exec ").removeprefix("LC_ALL=C ")
    try:
        words = tuple(shlex.split(text))
    except ValueError:
        return ()
    return words if shlex.join(words) == " ".join(text.split(" ")) else ()
