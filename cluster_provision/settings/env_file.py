"""Reads Docker's env files as `docker run --env-file` does, for runs without Docker.

    python -m cluster_provision.settings.env_file FILE COMMAND [ARGUMENT ...]

runs COMMAND with the file's variables, and of this environment only with those that a process needs from its machine
(KEPT), as in a container. The rules are those of Docker 28.2.2. The file is UTF-8, with or without a byte order mark.
White space before a name is dropped; blank lines and lines that begin with # are skipped. A line is split at its first
=; a name must not be empty or hold white space. The value is verbatim, with quotes, $, backslashes, # and white space
at its end. A name without = takes this environment's value, or is dropped. Of several lines with one name, the last
one counts.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cluster_provision.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping


KEPT = ("PATH", "HOME", "LANG", "TERM", "TMPDIR")


def read_env_file(path: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that the file sets. Raises SettingsError with every line that Docker refuses."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as failure:
        raise SettingsError((f"the env file {path} can't be read: {failure.strerror}",)) from failure
    except UnicodeDecodeError as failure:
        raise SettingsError((f"the env file {path} is not UTF-8",)) from failure
    found: dict[str, str] = {}
    problems: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        kept = line.removesuffix("\r").lstrip()
        if not kept or kept.startswith("#"):
            continue
        name, equals, value = kept.partition("=")
        if not name:
            problems.append(f"{path}, line {number}: there is no name before the =")
        elif any(c.isspace() for c in name):
            problems.append(f"{path}, line {number}: a name must not hold white space (neither `export` nor `NAME =`)")
        elif equals:
            found[name] = value
        elif name in environ:
            found[name] = environ[name]
    if problems:
        raise SettingsError(tuple(problems))
    return found


def main() -> None:
    """Run a command with a file's variables. Exits with 2 if the file or the command can't be used."""
    if len(sys.argv) < 3:
        sys.exit("usage: python -m cluster_provision.settings.env_file FILE COMMAND [ARGUMENT ...]")
    try:
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        environ = {**kept, **read_env_file(Path(sys.argv[1]), os.environ)}
        os.execvpe(sys.argv[2], sys.argv[2:], environ)  # noqa: S606 - the user's own command
    except (SettingsError, OSError) as failure:
        print(failure, file=sys.stderr)
        sys.exit(SettingsError.exit_code)


if __name__ == "__main__":
    main()
