"""Prints what a machine is, as one JSON object: the facts of cluster_provision/slurm/facts.py, which says what each
means. Changes nothing, and needs root only to see all. What can't be looked at is null.

Reads a JSON object from standard input with the lists `packages`, `units`, `ports`, `programs`, `names`, `users`,
`groups`, `logins`, `folders`, each of which may be left out. Only Python's own library, from 3.9 on.
"""

from __future__ import annotations

import glob
import json
import platform
import re
import shutil
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from node.looks.accounts import groups, homes, users
from node.looks.hardware import cards, free_mb, mig_instances, mounts, numbered, pci_gpus, processors, rdma
from node.looks.network import addresses_of, interfaces, listeners, ssh_address
from node.looks.reading import ROOT, is_systemd, output, text_of
from node.looks.software import apt_busy, package_lists, package_manager, packages, slurm_files, slurm_packaged
from node.looks.system import (
    DAEMONS,
    cgroup,
    cgroup_controllers,
    daemons,
    detected,
    sudo,
    time_synchronized,
    unit_states,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

TIME_DAEMONS = ("chrony", "chronyd", "ntp", "ntpd", "ntpsec", "openntpd", "systemd-timesyncd")
JOURNALS = "/var/lib/cluster-provision/*/journal.json"


def main() -> None:
    """Look at everything; one look that fails costs its own fact alone."""
    text = sys.stdin.read()
    wanted = json.loads(text) if text.strip() else {}
    found: dict[str, Any] = {"schema": 1, "unseen": {}}
    for name, look in looks(wanted):
        try:
            found[name] = look()
        except Exception as failure:
            found[name] = None
            found["unseen"][name] = f"{type(failure).__name__}: {failure}"
    print(json.dumps(found), flush=True)


def looks(wanted: dict[str, Any]) -> Iterable[tuple[str, Callable[[], Any]]]:
    """Each fact's name, and what finds it out."""
    units = unit_states([*wanted.get("units", ()), *TIME_DAEMONS, *DAEMONS])
    yield from {
        "name": socket.gethostname,
        "fqdn": socket.getfqdn,
        "os_release": lambda: text_of("/etc/os-release") or text_of("/usr/lib/os-release"),
        "dgx_release": lambda: "".join(
            line for line in text_of("/etc/dgx-release").splitlines(True) if "SERIAL" not in line.upper()
        ),
        "hosts_file": lambda: text_of("/etc/hosts"),
        "exports_file": lambda: text_of("/etc/exports"),
        "kernel": platform.release,
        "command_line": lambda: text_of("/proc/cmdline").strip(),
        "architecture": platform.machine,
        "python": platform.python_version,
        "container": lambda: detected("--container"),
        "virtualization": lambda: detected("--vm"),
        "systemd": lambda: output("systemctl", "is-system-running")["out"].strip() if is_systemd() else "",
        "cgroup": cgroup,
        "cgroup_controllers": cgroup_controllers,
        "ipv6": lambda: Path(f"{ROOT}/proc/net/if_inet6").exists(),
        "sudo": sudo,
        "selinux": lambda: output("getenforce")["out"].strip().lower().replace("disabled", ""),
        "boot_time": lambda: float(re.search(r"^btime (\d+)", text_of("/proc/stat"), re.MULTILINE)[1]),  # type: ignore[index]
        "time_daemons": lambda: [each for each in TIME_DAEMONS if units[each]["active"] == "active"],
        "time_synchronized": time_synchronized,
        "processors": processors,
        "memory_mb": lambda: int(re.search(r"^MemTotal:\s+(\d+) kB", text_of("/proc/meminfo"), re.M)[1]) // 1024,  # type: ignore[index]
        "slurmd_c": lambda: output("slurmd", "-C"),
        "nvidia_smi": lambda: output("nvidia-smi", "-L"),
        "gpu_files": lambda: numbered(f"{ROOT}/dev/nvidia[0-9]*"),
        "mig_files": lambda: numbered(f"{ROOT}/dev/nvidia-caps/*"),
        "mig_minors": lambda: text_of("/proc/driver/nvidia-caps/mig-minors"),
        "mig_instances": mig_instances,
        "cards": cards,
        "pci_gpus": pci_gpus,
        "interfaces": interfaces,
        "addresses": lambda: [a for each in interfaces() for a in each["addresses"]],
        "ssh_address": ssh_address,
        "rdma": rdma,
        "free_mb": free_mb,
        "mounts": mounts,
        "package_manager": package_manager,
        "package_lists": package_lists,
        "packages": lambda: packages(wanted.get("packages", ())),
        "apt_busy": apt_busy,
        "users": lambda: users(wanted.get("users", ())),
        "groups": lambda: groups(wanted.get("groups", ())),
        "homes": lambda: homes(wanted.get("logins", ()), wanted.get("folders", ())),
        "slurm_files": slurm_files,
        "slurm_packaged": slurm_packaged,
        "daemons": daemons,
        "units": lambda: {name: units[name] for name in [*wanted.get("units", ()), *DAEMONS] if units[name]["active"]},
        "listeners": lambda: listeners(wanted.get("ports", ())),
        "programs": lambda: {name: shutil.which(name) or "" for name in wanted.get("programs", ())},
        "names": lambda: {name: addresses_of(name) for name in wanted.get("names", ())},
        "clusters": lambda: [Path(each).parent.name for each in sorted(glob.glob(f"{ROOT}{JOURNALS}"))],
        "clock": time.time,
    }.items()


if __name__ == "__main__":
    main()
