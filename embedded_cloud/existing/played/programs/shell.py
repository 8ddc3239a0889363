"""Small programs, and those that are taken as done."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embedded_cloud.existing.played.process import Call


def true(call: Call) -> int:
    return 0


def false(call: Call) -> int:
    return 1


def echo(call: Call) -> int:
    call.say(" ".join(call.arguments))
    return 0


def cat(call: Call) -> int:
    for path in call.operands:
        if not call.machine.path(path).is_file():
            return call.fail(f"cat: {path}: No such file or directory")
        call.out.write(call.machine.read(path))
    return 0


def head(call: Call) -> int:
    """head(1) by bytes."""
    path, most = call.operands[-1], int(call.option("-c", "--bytes") or 1 << 20)
    if not call.machine.path(path).is_file():
        return call.fail(f"head: cannot open '{path}' for reading: No such file or directory")
    call.out.write(call.machine.read(path)[:most])
    return 0


def test(call: Call) -> int:
    """test(1) of one file."""
    kind, path = call.arguments[-2:]
    file = call.machine.path(path)
    return 0 if {"-d": file.is_dir, "-f": file.is_file, "-e": file.exists}[kind]() else 1


def hostname(call: Call) -> int:
    call.say(call.machine.read("/proc/sys/kernel/hostname").strip())
    return 0


def whoami(call: Call) -> int:
    call.say("root")
    return 0


def user_id(call: Call) -> int:
    call.say("0" if "-u" in call.arguments else "uid=0(root) gid=0(root) groups=0(root)")
    return 0


def uname(call: Call) -> int:
    told = {"-r": "6.1.0-37-amd64", "-m": "x86_64", "-n": call.machine.name}
    call.say(told.get("".join(call.arguments), "Linux"))
    return 0


def take_as_done(call: Call) -> int:
    """What it would do can't be seen: a script of the shell's, a statement of a database's."""
    return 0
