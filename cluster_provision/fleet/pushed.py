"""Runs one of the tool's own programs on a host, as root: the program and its request go there by standard input."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

from cluster_provision.errors import NotReady, PermissionDenied, Unreachable
from cluster_provision.fleet.command import ask

if TYPE_CHECKING:
    from asyncssh import SSHClientConnection

    from cluster_provision.errors import ProvisionError
    from cluster_provision.fleet.command import CommandResult

LOADER = (
    "import sys,io;s=sys.stdin.buffer;w=[]\n"
    "while w[:1]!=[b'program']:\n"
    " l=s.readline();w=l.split()\n"
    " if not l:sys.exit(70)\n"
    "p=s.read(int(w[1]));"
    "sys.stdin=io.TextIOWrapper(s,encoding='utf-8');sys.argv=['cluster-provision'];"
    "exec(compile(p,'cluster-provision','exec'),{'__name__':'__main__'})"
)
"""Reads a line with the program's length in bytes, and the program; the rest of standard input is the program's.

What comes before that line is a password that sudo didn't ask for."""

NO_PROGRAM = 127
SUDO_ADVICE = (
    "The tool's work on the machines needs root: log in as root (SSH_USER), let this user use sudo without a password "
    "(a line in /etc/sudoers.d: <user> ALL=(ALL) NOPASSWD: ALL), or name a file with the password in "
    "SUDO_PASSWORD_FILE."
)


async def push(
    connection: SSHClientConnection, program: str, request: dict[str, Any], password: str = "", *, host: str
) -> tuple[dict[str, Any], ...]:
    """Run the program with its request; returns the JSON lines that it printed.

    `password` is what sudo asks for, empty where it asks for none. Raises PermissionDenied where sudo refuses, NotReady
    where the machine has no Python, and Unreachable where the program said nothing that can be read.
    """
    text = program.encode()
    feed = f"program {len(text)}\n".encode() + text + json.dumps(request).encode()
    line, before = as_root(f"exec python3 -I -c {shlex.quote(LOADER)}", password)
    ended = await ask(connection, line, before + feed)
    found = []
    for each in ended.stdout.decode(errors="replace").splitlines():
        try:
            told = json.loads(each)
        except ValueError:
            continue  # what a shell's own start-up prints
        if isinstance(told, dict):
            found.append(told)
    if not found:
        raise _failure(ended, host)
    return tuple(found)


def as_root(command: str, password: str = "") -> tuple[str, bytes]:
    """The line that runs a command of the shell's as root, and what its input must begin with.

    A root account runs it as it is; for others sudo does. A password is given by standard input, never on the line.
    """
    shell = f"sh -c {shlex.quote(command)}"
    if password:
        line = f'if [ "$(id -u)" = 0 ]; then IFS= read -r _; exec {shell}; else exec sudo -S -p "" {shell}; fi'
        return line, f"{password}\n".encode()
    return f'if [ "$(id -u)" = 0 ]; then exec {shell}; else exec sudo -n {shell}; fi', b""


def _failure(ended: CommandResult, host: str) -> ProvisionError:
    said = (ended.stderr or ended.stdout).decode(errors="replace").strip()
    last = said.splitlines()[-1] if said else f"exit code {ended.exit_code}, and not a word"
    if "sudo" in said.lower():
        return PermissionDenied(f"{host}: sudo refuses: {last}", SUDO_ADVICE)
    if ended.exit_code == NO_PROGRAM:
        return NotReady(f"{host}: there is no python3: {last}", "Install it there: apt-get install python3")
    return Unreachable(f"{host}: the tool's program broke off there: {last}", "Run the same command again.")
