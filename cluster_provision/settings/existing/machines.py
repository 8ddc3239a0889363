"""A machine that exists already, as the settings give it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class GivenMachine:
    """A machine that takes a part in the cluster, and how the tool logs in to it.

    `name` is its short one in lower case, which it has in Slurm; `aliases` are the full ones that the user wrote.
    `address` is an IP address or a host's name, never with a user, a port or brackets. Without `key_file`, the keys of
    ssh-agent are used. The passwords are empty where none is given.
    """

    name: str
    address: str
    user: str
    port: int
    key_file: Path | None = None
    password: str = field(default="", repr=False)
    sudo_password: str = field(default="", repr=False)
    aliases: tuple[str, ...] = ()
