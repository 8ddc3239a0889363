"""systemd, cgroups, the time, rights, and daemons that run."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from node.looks.reading import ROOT, is_systemd, output, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

DAEMONS = ("munged", "slurmctld", "slurmd", "slurmdbd", "sackd", "slurmrestd", "mariadbd", "mysqld")


def detected(kind: str) -> str:
    """What systemd-detect-virt says; empty for none. Raises OSError where it isn't there."""
    told = output("systemd-detect-virt", kind)
    if told["exit"] == 127:
        raise OSError(told["err"])
    found = str(told["out"]).strip()
    return "" if found == "none" else found


def unit_states(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """Each unit as systemctl shows it, by one call; empty where there is no such unit."""
    unique = list(dict.fromkeys(names))
    found = {name: {"active": "", "enabled": ""} for name in unique}
    if not is_systemd():
        return found
    told = output("systemctl", "show", "--property=Id,LoadState,ActiveState,UnitFileState", "--", *unique)
    for name, part in zip(unique, str(told["out"]).split("\n\n")):
        state = dict(line.partition("=")[::2] for line in part.splitlines() if "=" in line)
        if state.get("LoadState") not in (None, "not-found"):
            found[name] = {"active": state.get("ActiveState", ""), "enabled": state.get("UnitFileState", "")}
    return found


def cgroup() -> str:
    """v2 where the root is a cgroup2; hybrid where v1's root has one beside it (systemd's layouts)."""
    if os.path.exists(f"{ROOT}/sys/fs/cgroup/cgroup.controllers"):
        return "v2"
    return "hybrid" if os.path.exists(f"{ROOT}/sys/fs/cgroup/unified/cgroup.controllers") else "v1"


def cgroup_controllers() -> list[str]:
    """Those that can be used at all."""
    unified = text_of("/sys/fs/cgroup/cgroup.controllers").split()
    rows = [line.split() for line in text_of("/proc/cgroups").splitlines() if not line.startswith("#")]
    return unified or [row[0] for row in rows if len(row) == 4 and row[3] == "1"]


def sudo() -> str:
    """How this program got its rights: sudo(8) leaves SUDO_UID in the environment."""
    if os.geteuid() != 0:
        return "refused"
    if "SUDO_UID" not in os.environ:
        return "root"
    return (
        "passwordless"
        if output("sudo", "-n", "-u", os.environ.get("SUDO_USER", "root"), "true")["exit"] == 0
        else "password"
    )


def time_synchronized() -> bool | None:
    """As timedatectl says; None where it says nothing."""
    told = str(output("timedatectl", "show", "--property=NTPSynchronized", "--value")["out"]).strip()
    return {"yes": True, "no": False}.get(told)


def daemons() -> list[dict[str, Any]]:
    """Running daemons of Slurm, munge and the database."""
    found = []
    for number in sorted(int(name) for name in os.listdir(f"{ROOT}/proc") if name.isdigit()):
        with contextlib.suppress(OSError):
            program = Path(f"{ROOT}/proc/{number}/comm").read_text().strip()
            if program in DAEMONS:
                words = Path(f"{ROOT}/proc/{number}/cmdline").read_bytes().split(b"\0")
                command = b" ".join(filter(None, words)).decode("utf-8", "replace")
                found.append({"program": program, "pid": number, "command": command})
    return found
