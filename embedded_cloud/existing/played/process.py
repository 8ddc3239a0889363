"""Stands in for `subprocess.Popen` where a machine is played: a program is a function of this process.

So nothing of the computer that plays is ever run, whatever a program asks for: what the machine doesn't have isn't
found.
"""

from __future__ import annotations

import io
import subprocess
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from embedded_cloud.existing.played.machine import PlayedMachine

    Program = Callable[["Call"], int]


@dataclass
class Call:
    """A program that is run: its own name and its arguments in `words`, its input in `feed`."""

    machine: PlayedMachine
    words: tuple[str, ...]
    run: Callable[[Sequence[str]], Call]
    feed: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    out: io.StringIO = field(default_factory=io.StringIO)
    err: io.StringIO = field(default_factory=io.StringIO)
    status: int = 0

    @property
    def arguments(self) -> tuple[str, ...]:
        return self.words[1:]

    @property
    def operands(self) -> list[str]:
        """The arguments that are no options."""
        return [each for each in self.arguments if not each.startswith("-")]

    def option(self, *names: str) -> str:
        """The value of `--name=value`, `--name value` or `-n value`; empty where none is given."""
        for at, each in enumerate(self.arguments):
            name, joined, value = each.partition("=")
            if name in names:
                return value if joined else next(iter(self.arguments[at + 1 :]), "")
        return ""

    def say(self, text: str) -> None:
        self.out.write(f"{text}\n")

    def fail(self, text: str, status: int = 1) -> int:
        self.err.write(f"{text}\n")
        return status


class Programs:
    """What the machine has, by name."""

    def __init__(self, machine: PlayedMachine, known: Mapping[str, Program], has: Callable[[str], bool]) -> None:
        self._machine = machine
        self._known = known
        self._has = has

    def which(self, name: str) -> str | None:
        """Where a program lies, None for one that the machine doesn't have."""
        own = name.rpartition("/")[2]
        if self._is_script(name):
            return name
        return f"/usr/bin/{own}" if own in self._known and self._has(own) else None

    def call(self, words: Sequence[str], feed: str = "", env: Mapping[str, str] | None = None) -> Call:
        """Run it to its end. Raises FileNotFoundError for one that the machine doesn't have."""
        if not words or self.which(words[0]) is None:
            raise FileNotFoundError(2, "No such file or directory", words[0] if words else "")
        name = words[0].rpartition("/")[2]
        made = Call(self._machine, (name, *words[1:]), lambda inner: self.call(inner, feed, env), feed, env or {})
        made.status = 0 if self._is_script(words[0]) else self._known[name](made)
        return made

    def _is_script(self, name: str) -> bool:
        """Whether it is a script that somebody has put on the machine, which is taken as done: there is no shell."""
        path = self._machine.root / name.lstrip("/")
        return name.startswith("/") and path.is_file() and path.read_bytes().startswith(b"#!")


class PlayedPopen:
    """As much of `subprocess.Popen` as `subprocess.run` and `communicate` need; its program ends when it begins."""

    programs: Programs

    def __init__(self, args: Sequence[str] | str, **given: Any) -> None:
        if isinstance(args, str):
            raise PermissionError(1, "a played machine runs no shell's line", args)
        self.args, self.pid = args, 4711
        self.returncode: int | None = None
        self._given = given
        self._words = [str(each) for each in args]
        if self.programs.which(self._words[0]) is None:
            raise FileNotFoundError(2, "No such file or directory", self._words[0])
        self.stdin: IO[Any] | None = io.BytesIO() if given.get("stdin") == subprocess.PIPE else None
        self.stdout = self.stderr = None

    def __enter__(self) -> PlayedPopen:
        return self

    def __exit__(self, *_: object) -> None:
        self.wait()

    def communicate(self, input: str | bytes | None = None, timeout: float | None = None) -> tuple[Any, Any]:
        feed = input.decode(errors="replace") if isinstance(input, bytes) else input or ""
        done = self.programs.call(self._words, feed, self._given.get("env"))
        self.returncode = done.status
        out, err = done.out.getvalue(), done.err.getvalue()
        if self._given.get("stderr") == subprocess.STDOUT:
            out, err = err + out, ""
        streams = (("stdout", out), ("stderr", err))
        found = [self._as_asked(text) if self._given.get(name) == subprocess.PIPE else None for name, text in streams]
        return found[0], found[1]

    def poll(self) -> int | None:
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            self.communicate()
        return self.returncode or 0

    def kill(self) -> None: ...

    terminate = kill

    def _as_asked(self, text: str) -> str | bytes:
        asked = ("text", "encoding", "errors", "universal_newlines")
        return text if any(self._given.get(each) for each in asked) else text.encode()
