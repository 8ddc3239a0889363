"""Runs other programs, and words failures."""

from __future__ import annotations

import os
import re
import subprocess

LIMIT = 3600.0
"""Seconds for a program to end."""
NOISE = r"too many errors|^Errors were encountered|^E: Sub-process|: error processing archive"
"""Lines of dpkg and apt-get that say only that something went wrong."""
ENVIRONMENT = {
    "LC_ALL": "C.UTF-8",
    "DEBIAN_FRONTEND": "noninteractive",
    "APT_LISTCHANGES_FRONTEND": "none",
    "NEEDRESTART_SUSPEND": "1",  # Ubuntu's needrestart would restart other programs' services after an installation
    # A service's init script has links of its own, which systemd doesn't read: to keep them up, systemctl reloads all
    # units three times (github.com/systemd/systemd, docs/ENVIRONMENT.md).
    "SYSTEMCTL_SKIP_SYSV": "1",
}


class Failure(Exception):
    """Why something could not be done, for the user."""


def run(*argv: str, feed: str = "") -> tuple[int, str]:
    """Run a program; return its exit status, and what it wrote. Raises Failure where it can't be started or hangs.

    A signal for us doesn't reach it: dpkg must not be interrupted.
    """
    path = f"{os.environ.get('PATH', '/usr/bin:/bin')}:/usr/local/sbin:/usr/sbin:/sbin"
    try:
        done = subprocess.run(
            argv,
            input=feed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            env={**os.environ, **ENVIRONMENT, "PATH": path},
            timeout=LIMIT,
            start_new_session=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Failure(f"{argv[0]} has not ended within {LIMIT:g} seconds") from None
    except OSError as failure:
        raise Failure(f"{argv[0]} can't be run: {failure.strerror}") from None
    return done.returncode, done.stdout


def call(*argv: str, feed: str = "") -> str:
    """Run a program that has to succeed, and return what it wrote. Raises Failure, which shows nothing where `feed`,
    which is secret, could be in it."""
    status, output = run(*argv, feed=feed)
    if status:
        shown = "what it wrote is not shown, since its input is secret" if feed else telling(output)
        raise Failure(f"{' '.join(argv[:2])} ended with {status}: {shown}")
    return output


def telling(output: str) -> str:
    """Return the lines of a program's output that say why it failed, else its last ones."""
    lines = [line.strip() for line in output.splitlines() if line.strip() and not re.search(NOISE, line)]
    marked = [line for line in lines if re.search(r"^E: |\berror\b|\bfailed\b", line, re.IGNORECASE)]
    return "; ".join((marked or lines)[-4:])[:1000] or "it wrote nothing"


def reason(failure: Exception) -> str:
    """Return in a line why something failed."""
    if isinstance(failure, Failure):
        return str(failure)
    if isinstance(failure, OSError) and failure.strerror:
        return f"{failure.strerror}: {failure.filename}" if failure.filename else failure.strerror
    return f"{type(failure).__name__}: {failure}"
