"""Packages, and Slurm's files."""

from __future__ import annotations

import contextlib
import fcntl
import glob
import os
import re
import shutil
from typing import TYPE_CHECKING

from node.looks.reading import ROOT, output, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_OF_A_FILE = 256 * 1024
CONFIGURATIONS = ("/etc/slurm", "/etc/slurm-llnl", "/usr/local/etc/slurm*")
# A Slurm that was compiled, as DeepOps' playbooks do: systemd takes a unit there before a package's, and a shell a
# command there (systemd.unit(5), "Unit File Load Path"; Debian's /etc/profile).
COMPILED = (
    "/etc/systemd/system/slurm*.service",
    "/usr/local/sbin/slurm*d",
    "/usr/local/bin/srun",
    "/usr/local/bin/scontrol",
)
SECRET = re.compile(r"slurmdbd\.conf$|\.key$")


def package_manager() -> str:
    """Its short name, empty where none of these is there."""
    return next((name.partition("-")[0] for name in ("apt-get", "dnf", "zypper") if shutil.which(name)), "")


def package_lists() -> float | None:
    """When apt's lists were fetched, None where there are none."""
    times = [os.path.getmtime(path) for path in glob.glob(f"{ROOT}/var/lib/apt/lists/*_Packages*")]
    return max(times, default=None)


def packages(names: Iterable[str]) -> dict[str, dict[str, str]]:
    """Versions by one call of dpkg-query and one of apt-cache."""
    wanted = list(names)
    found = {name: {"installed": "", "candidate": ""} for name in wanted}
    if not wanted or not shutil.which("dpkg-query"):
        return found
    told = output("dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status} ${Version}\\n", *wanted)
    for line in str(told["out"]).splitlines():
        name, state, version = (*line.split(), "", "")[:3]
        if name in found and state == "installed":
            found[name]["installed"] = version
    name = ""
    for line in str(output("apt-cache", "policy", *wanted)["out"]).splitlines():
        if not line.startswith(" ") and line.endswith(":"):
            name = line[:-1]
        elif line.startswith("  Candidate: ") and name in found:
            found[name]["candidate"] = line.split(": ", 1)[1].replace("(none)", "")
    return found


def apt_busy() -> bool:
    """Whether another process holds dpkg's lock (fcntl(2), F_GETLK tells no more than a try does)."""
    path = f"{ROOT}/var/lib/dpkg/lock-frontend"
    if not os.path.exists(path):
        return False
    with open(path, "rb+" if os.access(path, os.W_OK) else "rb") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        fcntl.lockf(lock, fcntl.LOCK_UN)
    return False


def slurm_paths() -> list[str]:
    """Everything below the folders of Slurm's configuration, and what of a compiled Slurm goes before a package's."""
    found = [each for pattern in (*CONFIGURATIONS, *COMPILED) for each in glob.glob(ROOT + pattern)]
    files = [each for each in found if not os.path.isdir(each)]
    below = [os.path.join(place, name) for top in found for place, _, names in os.walk(top) for name in names]
    return sorted(each[len(ROOT) :] for each in (*files, *below))


def slurm_files() -> dict[str, str | None]:
    """Their texts: None for what is large, secret, or no configuration."""
    found: dict[str, str | None] = {}
    for path in slurm_paths():
        plain = path.endswith(".conf") and not SECRET.search(path)
        with contextlib.suppress(OSError):
            small = os.lstat(ROOT + path).st_size <= MOST_OF_A_FILE
            found[path] = text_of(path) if plain and small else None
    return found


def slurm_packaged() -> list[str]:
    """Those that belong to a package."""
    paths = slurm_paths()
    if not paths or not shutil.which("dpkg-query"):
        return []
    owned = str(output("dpkg-query", "--search", *paths)["out"])
    return [path for path in paths if re.search(rf": {re.escape(path)}$", owned, re.MULTILINE)]
