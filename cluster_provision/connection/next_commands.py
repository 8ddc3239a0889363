"""The two commands that follow Create, in the way in which it was called: to look again, and to end the cluster."""

from __future__ import annotations

import shlex
import sys

from cluster_provision.container import in_container

IN_A_CONTAINER = "docker run <options of this run> <image>"
"""A container can't see how it was started."""


def next_commands() -> tuple[str, ...]:
    """A line for each of the two actions."""
    called = IN_A_CONTAINER if in_container() else _called(sys.executable, sys.argv[0])
    return (f"{called} Status", f"{called} Destroy")


def _called(interpreter: str, program: str) -> str:
    """The program as it was called, without its action: a script by the interpreter that runs it."""
    words = (interpreter, program) if program.endswith(".py") else (program,)
    return shlex.join(words)
