"""What a process of a played machine does: it runs a program of the tool, for which this computer is that machine."""

from __future__ import annotations

import os
import platform
import pwd
import shutil
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, NoReturn

from embedded_cloud.existing.played.accounts import groups, users
from embedded_cloud.existing.played.machine import PlayedMachine
from embedded_cloud.existing.played.process import PlayedPopen, Programs
from embedded_cloud.existing.played.programs.table import PROGRAMS, has

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

STARTING = ("system", "popen", "execv", "execve", "fork", "forkpty", "posix_spawn", "posix_spawnp")


def run(folder: Path, what: dict[str, Any]) -> int:
    """Be the machine in this folder, and run `what`: {"code": a program for Python} or {"words": a command}.

    Input, output and environment are this process's own. Returns the status; the program itself may exit.
    """
    machine = PlayedMachine(folder)
    programs = Programs(machine, PROGRAMS, lambda name: has(machine, name))
    if "words" in what:
        return _run(programs, what["words"])
    pretend(machine, programs)
    sys.argv = ["-c"]
    exec(compile(what["code"], "<string>", "exec"), {"__name__": "__main__"})  # noqa: S102 - the tool's own program
    return 0


def _run(programs: Programs, words: list[str]) -> int:
    try:
        done = programs.call(words, env=os.environ)
    except FileNotFoundError:
        print(f"sh: 1: {words[0]}: not found", file=sys.stderr)
        return 127
    sys.stderr.write(done.err.getvalue())
    sys.stdout.write(done.out.getvalue())
    return done.status


def pretend(machine: PlayedMachine, programs: Programs) -> None:
    """Have Python's own library tell of the machine, and start nothing on this computer."""
    PlayedPopen.programs = programs
    subprocess.Popen = PlayedPopen  # type: ignore[assignment,misc]
    shutil.which = lambda cmd, *_, **__: programs.which(cmd)  # type: ignore[assignment]
    for name in STARTING:
        setattr(os, name, _refuse)
    os.fsync = lambda fd: None  # nobody cuts the power
    real_time, ahead = time.time, float(machine.told["clock"])
    time.time = lambda: real_time() + ahead
    socket.gethostname = lambda: machine.read("/proc/sys/kernel/hostname").strip()
    socket.getfqdn = lambda name="": name or socket.gethostname()
    socket.getaddrinfo = lambda host, port, *_, **__: _addresses(machine, str(host), port)
    platform.release = lambda: "6.1.0-37-amd64"
    platform.machine = lambda: "x86_64"
    pwd.getpwnam = lambda name: users(machine)[name]
    pwd.getpwuid = lambda uid: next(each for each in users(machine).values() if each.pw_uid == uid)
    import grp

    grp.getgrall = lambda: list(groups(machine).values())
    grp.getgrnam = lambda name: groups(machine)[name]
    os.statvfs = _rooms(machine, os.statvfs)  # type: ignore[assignment]


def _refuse(*_: Any, **__: Any) -> NoReturn:
    raise PermissionError(1, "a played machine starts nothing on this computer")


def _addresses(machine: PlayedMachine, host: str, port: Any) -> list[Any]:
    """What the machine's own files know, and a name server: machines without an address of the env file's."""
    rows = [line.partition("#")[0].split() for line in machine.read("/etc/hosts").splitlines()]
    found = [row[0] for row in rows if host in row[1:]]
    if not found:
        found = [address for name, address in machine.resolved.items() if name == host]
    if not found:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port or 0)) for address in found]


def _rooms(machine: PlayedMachine, real: Callable[[Any], os.statvfs_result]) -> Callable[[Any], os.statvfs_result]:
    """Half a terabyte everywhere, but where the description says what is free, in MiB."""

    def statvfs(path: Any) -> os.statvfs_result:
        real(path)  # raises for what isn't there
        own = f"/{os.path.relpath(os.fspath(path), machine.root)}".replace("/.", "/")
        told = machine.told["free_mb"]
        place = max(
            (each for each in told if own == each or own.startswith(each.rstrip("/") + "/")), key=len, default=""
        )
        free = int(told[place]) if place else 500_000
        blocks = free * 256
        return os.statvfs_result((4096, 4096, 262_144_000, blocks, blocks, 10**7, 10**7, 10**7, 0, 255))

    return statvfs
