"""systemctl(1) and its like: units of packages and of files in /etc/systemd/system, in the machine's state."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from embedded_cloud.existing.played.machine import PlayedMachine
    from embedded_cloud.existing.played.process import Call

ALIASES = {"nfs-kernel-server": "nfs-server", "mysql": "mariadb", "chronyd": "chrony", "sshd": "ssh"}
DAEMONS = {"munge": "munged", "mariadb": "mariadbd", "chrony": "chronyd", "ssh": "sshd"}
# What a unit doesn't start without: another unit that runs, a file.
NEEDS_UNIT = {"slurmctld": "munge", "slurmd": "munge", "slurmdbd": "munge", "sackd": "munge"}
NEEDS_FILE = {
    "slurmctld": "/etc/slurm/slurm.conf",
    "slurmdbd": "/etc/slurm/slurmdbd.conf",
    "munge": "/etc/munge/munge.key",
}
NOT_ACTIVE, NO_UNIT = 3, 5
Units = dict[str, dict[str, Any]]


def systemctl(call: Call) -> int:
    verb = next(iter(call.operands), "list-units")
    names = [unit_name(each) for each in call.operands[1:]]
    if verb in VERBS:
        return VERBS[verb](call, names)
    return max((_control(call, verb, name) for name in names), default=0)


def journalctl(call: Call) -> int:
    unit = unit_name(call.option("--unit", "-u"))
    call.say(f"{unit}: nothing more is known of it, since the machine is only played")
    return 0


def timedatectl(call: Call) -> int:
    synchronized = "yes" if units(call.machine).get("chrony", {}).get("active") else "no"
    call.say(synchronized if "--value" in call.arguments else f"NTPSynchronized={synchronized}")
    return 0


def hostnamectl(call: Call) -> int:
    if call.operands[:1] in (["set-hostname"], ["hostname"]) and call.operands[1:]:
        call.machine.write("/etc/hostname", f"{call.operands[1]}\n")
        call.machine.write("/proc/sys/kernel/hostname", f"{call.operands[1]}\n")
    else:
        call.say(call.machine.read("/etc/hostname").strip())
    return 0


def systemd_tmpfiles(call: Call) -> int:
    """Folders, as tmpfiles.d(5) has them."""
    for file in call.operands:
        for line in call.machine.read(file).splitlines():
            if line.startswith("d "):
                call.machine.path(line.split()[1]).mkdir(parents=True, exist_ok=True)
    return 0


def systemd_detect_virt(call: Call) -> int:
    call.say("none")
    return 1


def units(machine: PlayedMachine) -> Units:
    """All units by name, without `.service`."""
    known: Units = dict(machine.state["units"])
    for file in sorted(machine.path("/etc/systemd/system").glob("*.service")):
        known.setdefault(file.stem, {"enabled": False, "active": False})
    return known


def unit_name(text: str) -> str:
    name = text.removesuffix(".service")
    return ALIASES.get(name, name)


def _active(unit: dict[str, Any]) -> str:
    return "active" if unit["active"] else "failed" if unit.get("failed") else "inactive"


def _enabled(unit: dict[str, Any]) -> str:
    return "masked" if unit.get("masked") else "enabled" if unit["enabled"] else "disabled"


def _show(call: Call, names: list[str]) -> int:
    there = units(call.machine)
    wanted = [each for each in call.option("--property", "-p").split(",") if each]
    blocks = []
    for name in names:
        unit = there.get(name)
        told = {"Id": f"{name}.service", "LoadState": "not-found", "ActiveState": "inactive", "UnitFileState": ""}
        told |= {"NeedDaemonReload": "no", "SubState": "dead", "MainPID": "0"}
        if unit is not None:
            told |= {"LoadState": "masked" if unit.get("masked") else "loaded", "ActiveState": _active(unit)}
            told |= {"UnitFileState": _enabled(unit), "SubState": "running" if unit["active"] else "dead"}
        shown = {key: value for key, value in told.items() if not wanted or key in wanted}
        blocks.append(
            "\n".join(value if "--value" in call.arguments else f"{key}={value}" for key, value in shown.items())
        )
    call.say("\n\n".join(blocks))
    return 0


def _nothing(call: Call, names: list[str]) -> int:
    return 0


def _system(call: Call, names: list[str]) -> int:
    call.say("running")
    return 0


def _list(call: Call, names: list[str]) -> int:
    for name, unit in units(call.machine).items():
        call.say(f"{name}.service {_enabled(unit)} {_active(unit)}")
    return 0


def _status(call: Call, names: list[str]) -> int:
    there = units(call.machine)
    return 0 if all(name in there and there[name]["active"] for name in names) else NOT_ACTIVE


def _is_active(call: Call, names: list[str]) -> int:
    return _is(call, [_active(each) for each in _units_of(call, names)], "active", NOT_ACTIVE)


def _is_enabled(call: Call, names: list[str]) -> int:
    return _is(call, [_enabled(each) for each in _units_of(call, names)], "enabled", 1)


def _is_failed(call: Call, names: list[str]) -> int:
    return _is(call, [_active(each) for each in _units_of(call, names)], "failed", 1)


def _units_of(call: Call, names: list[str]) -> list[dict[str, Any]]:
    there = units(call.machine)
    return [there.get(name, {"active": False, "enabled": False}) for name in names]


def _is(call: Call, words: list[str], wanted: str, otherwise: int) -> int:
    for word in words if not {"--quiet", "-q"} & {*call.arguments} else ():
        call.say(word)
    return 0 if all(word == wanted for word in words) else otherwise


VERBS: dict[str, Callable[[Call, list[str]], int]] = {
    **dict.fromkeys(("daemon-reload", "daemon-reexec", "reset-failed", "set-property", "reboot", "poweroff"), _nothing),
    **dict.fromkeys(("list-units", "list-unit-files"), _list),
    **dict.fromkeys(("status", "cat"), _status),
    "is-active": _is_active,
    "is-enabled": _is_enabled,
    "is-failed": _is_failed,
    "is-system-running": _system,
    "show": _show,
}


def _control(call: Call, verb: str, name: str) -> int:
    machine = call.machine
    if name not in units(machine):
        return call.fail(f"Failed to {verb} {name}.service: Unit {name}.service not found.", NO_UNIT)
    with machine.changing() as state:
        unit = state["units"].setdefault(name, {"enabled": False, "active": False})
        if unit.get("masked") and verb in ("start", "restart", "enable"):
            return call.fail(f"Failed to {verb} {name}.service: Unit {name}.service is masked.")
        if verb in ("enable", "disable"):
            unit["enabled"] = verb == "enable"
        elif verb in ("mask", "unmask"):
            unit["masked"] = verb == "mask"
        starts = verb in ("start", "restart", "reload-or-restart", "try-restart") or "--now" in call.arguments
        if starts and verb != "disable" and not (verb == "try-restart" and not unit["active"]):
            why = _why_not(machine, name, state["units"])
            unit["active"], unit["failed"] = not why, bool(why)
            if why:
                _note_process(machine, name, running=False)
                return call.fail(
                    f"Job for {name}.service failed because the control process exited with error code.\n{name}: {why}"
                )
        elif verb == "stop" or (verb == "disable" and "--now" in call.arguments):
            unit["active"] = False
        elif verb == "reload" and not unit["active"]:
            return call.fail(f"{name}.service is not active, cannot reload.")
        _note_process(machine, name, running=unit["active"])
    return 0


def _why_not(machine: PlayedMachine, name: str, known: Units) -> str:
    """Why it doesn't start; empty where it does."""
    if name in (machine.told.get("fails") or ()):
        return "error: fails, since conditions.json says so"
    needed, file = NEEDS_UNIT.get(name), NEEDS_FILE.get(name)
    if needed and not known.get(needed, {}).get("active"):
        return f"error: {needed} is not running"
    if file and not machine.path(file).exists():
        return f"fatal: could not open {file}"
    return ""


def _note_process(machine: PlayedMachine, name: str, *, running: bool) -> None:
    """Have the process in /proc, or not."""
    program = DAEMONS.get(name, name)
    number = 1000 + zlib.crc32(name.encode()) % 30_000
    folder = f"/proc/{number}"
    if running:
        machine.write(f"{folder}/comm", f"{program}\n")
        machine.write(f"{folder}/cmdline", f"/usr/sbin/{program}\0")
    elif machine.path(folder).exists():
        for file in machine.path(folder).iterdir():
            file.unlink()
        machine.path(folder).rmdir()
