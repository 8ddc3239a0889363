#!/usr/bin/env python3
"""Runs a command in the environment that `docker run --env-file FILE` would give it: with_env_file.py FILE COMMAND...

For rehearsals without a container engine. Docker's rules, as its client 28 follows them: a BOM and CRLF are taken off,
so is white space before a name; empty lines and lines that start with `#` don't count; a line is split at its first
`=`, and the value is taken as it stands; a name alone takes this process's own value, if it has one.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

# What a process needs of the machine that it runs on; the rest of this process's environment stays out, as with Docker.
KEPT = ("PATH", "HOME", "TERM", "TMPDIR", "LANG")


def main() -> None:
    file, *command = sys.argv[1:]
    try:
        given = read(Path(file).read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        sys.exit(f"docker's env-file rules: {file}: {error}")
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    os.execvpe(command[0], command, kept | given)  # noqa: S606 - no shell is wanted


def read(text: str) -> dict[str, str]:
    """The variables of an env file; raises ValueError for a line that Docker refuses."""
    found: dict[str, str] = {}
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.removesuffix("\r").lstrip()
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        if not name or any(character.isspace() for character in name):
            raise ValueError(f"line {number}: {name!r} is not a name of a variable")
        if equals:
            found[name] = value
        elif name in os.environ:
            found[name] = os.environ[name]
    return found


if __name__ == "__main__":
    main()
