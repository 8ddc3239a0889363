"""The commands that follow Create, in the way in which it was called: to get there, to look, to end the cluster."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

from cluster_provision.container import in_container

if TYPE_CHECKING:
    from collections.abc import Mapping

IN_A_CONTAINER = "docker run <options of this run> <image>"
"""A container can't see how it was started."""


def next_commands(purposes: Mapping[str, str]) -> tuple[str, ...]:
    """A line for each action of `purposes`, with what it is for as the shell's comment."""
    called = IN_A_CONTAINER if in_container() else _called(sys.executable, sys.argv[0])
    width = max((len(action) for action in purposes), default=0)
    return tuple(f"{called} {action:<{width}}  # {purpose}" for action, purpose in purposes.items())


def _called(interpreter: str, program: str) -> str:
    """The program as it was called, without its action: a script by the interpreter that runs it."""
    words = (interpreter, program) if program.endswith(".py") else (program,)
    return shlex.join(words)
