"""Makes the folder of a machine that is played: a Debian server, as far as anybody looks at it."""

from __future__ import annotations

import json
import tomllib
import uuid
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from embedded_cloud.existing.played.machine import TOLD, PlayedMachine

if TYPE_CHECKING:
    from collections.abc import Mapping

PACKAGES = Path(__file__).with_name("packages.toml")
BOOTED = 1_790_000_000  # when it was switched on, in seconds since 1970
RELEASES = {"12": "bookworm", "13": "trixie"}
# Sockets, cores of each, threads of each core, MiB: a small server, and one for GPUs.
PLAIN, LARGE = (2, 4, 2, 257_500), (2, 8, 2, 1_031_000)
USERS = """root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
sshd:x:101:65534::/run/sshd:/usr/sbin/nologin
"""
GROUPS = """root:x:0:
daemon:x:1:
adm:x:4:
sudo:x:27:
users:x:100:
nogroup:x:65534:
"""
# Parameters of the kernel's that a plan may set, with Debian's values.
SYSCTLS = {
    "net/core/rmem_max": "212992",
    "net/core/wmem_max": "212992",
    "net/core/somaxconn": "4096",
    "net/ipv4/ip_forward": "0",
    "vm/max_map_count": "65530",
    "vm/overcommit_memory": "0",
    "vm/zone_reclaim_mode": "0",
    "fs/file-max": "9223372036854775807",
    "kernel/pid_max": "4194304",
}
# Folders of Debian's base-files, and of systemd.
FOLDERS = (
    *("/boot", "/dev", "/etc/cron.d", "/etc/default", "/etc/security/limits.d", "/etc/systemd/system", "/home"),
    *("/media", "/mnt", "/opt", "/proc/self", "/root", "/run/lock", "/run/systemd/system", "/srv", "/usr/bin"),
    *("/usr/lib", "/usr/local/bin", "/usr/local/lib", "/usr/local/sbin", "/usr/local/share", "/usr/sbin"),
    *("/usr/share", "/var/backups", "/var/cache", "/var/lib", "/var/log", "/var/mail", "/var/spool"),
    *("/tmp", "/var/tmp"),  # noqa: S108
)
PREINSTALLED = {
    "12": {"openssh-server": "1:9.2p1-2+deb12u10", "python3": "3.11.2-1+b1", "sudo": "1.9.13p3-1+deb12u4"},
    "13": {"openssh-server": "1:10.0p1-7+deb13u4", "python3": "3.13.5-1", "sudo": "1.9.16p2-3+deb13u5"},
}


@cache
def packages(release: str) -> dict[str, dict[str, Any]]:
    """What Debian's release has for the machine, by name."""
    return dict(tomllib.loads(PACKAGES.read_text(encoding="utf-8"))[release])


def make(folder: Path, told: Mapping[str, Any]) -> None:
    """Make the machine that `told` describes: as `complete` returns it."""
    machine = PlayedMachine(folder)
    release = str(told["release"])
    machine.root.mkdir(parents=True, exist_ok=True)
    for path, text in _files(told, release).items():
        machine.write(path, text)
    for path in FOLDERS:
        machine.path(path).mkdir(parents=True, exist_ok=True)
    _add_processors(machine, told)
    _add_user(machine, str(told["user"]))
    with machine.changing() as state:
        state.update({"units": {"ssh": {"enabled": True, "active": True}}})
    (folder / TOLD).write_text(json.dumps(told), encoding="utf-8")  # last: from now on there is a machine


def complete(told: Mapping[str, Any]) -> dict[str, Any]:
    """The description with all that it leaves out."""
    gpus = int(told.get("gpus") or 0)
    sockets, cores, threads, memory = LARGE if gpus else PLAIN
    usual = {"release": "12", "gpus": gpus, "sockets": sockets, "cores": cores, "threads": threads}
    return {**usual, "memory_mb": memory, "free_mb": {}, "clock": 0, **told}


def _files(told: Mapping[str, Any], release: str) -> dict[str, str]:
    name, kib = str(told["name"]), int(told["memory_mb"]) * 1024
    code = RELEASES[release]
    installed = "\n\n".join(_installed(*each) for each in PREINSTALLED[release].items())
    return {
        "/etc/os-release": f'PRETTY_NAME="Debian GNU/Linux {release} ({code})"\nNAME="Debian GNU/Linux"\n'
        f'VERSION_ID="{release}"\nVERSION="{release} ({code})"\nVERSION_CODENAME={code}\nID=debian\n',
        "/etc/hostname": f"{name}\n",
        "/etc/hosts": f"127.0.0.1\tlocalhost\n127.0.1.1\t{name}\n",
        "/etc/machine-id": f"{uuid.uuid4().hex}\n",
        "/etc/passwd": USERS,
        "/etc/group": GROUPS,
        "/etc/shadow": "".join(f"{line.split(':')[0]}:*:20000:0:99999:7:::\n" for line in USERS.splitlines()),
        "/etc/fstab": "/dev/sda1 / ext4 errors=remount-ro 0 1\n",
        "/etc/ssh/sshd_config": "UsePAM yes\n",
        "/etc/pam.d/sshd": "account    required     pam_nologin.so\n@include common-account\n",
        "/proc/meminfo": f"MemTotal:       {kib} kB\nMemFree:        {kib // 2} kB\n",
        "/proc/stat": f"cpu  1 0 1 1\nbtime {BOOTED + sum(name.encode())}\n",
        "/proc/cmdline": "root=/dev/sda1 ro quiet\n",
        "/proc/self/mounts": "/dev/sda1 / ext4 rw,relatime 0 0\ntmpfs /run tmpfs rw,nosuid 0 0\n",
        "/proc/net/if_inet6": "",
        "/proc/sys/kernel/hostname": f"{name}\n",
        **{f"/proc/sys/{key}": f"{value}\n" for key, value in SYSCTLS.items()},
        "/sys/fs/cgroup/cgroup.controllers": "cpuset cpu io memory hugetlb pids rdma\n",
        "/var/lib/dpkg/status": f"{installed}\n",
        "/var/lib/apt/lists/debian_dists_main_Packages": "",
    }


def _installed(name: str, version: str) -> str:
    return f"Package: {name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}"


def _add_processors(machine: PlayedMachine, told: Mapping[str, Any]) -> None:
    """The processors, numbered as Linux does: first threads of all cores first."""
    sockets, cores, threads = (int(told[name]) for name in ("sockets", "cores", "threads"))
    count = sockets * cores * threads
    machine.write("/sys/devices/system/cpu/online", f"0-{count - 1}\n")
    for number in range(count):
        core = number % (sockets * cores)
        topology = f"/sys/devices/system/cpu/cpu{number}/topology"
        machine.write(f"{topology}/physical_package_id", f"{core // cores}\n")
        machine.write(f"{topology}/core_id", f"{core % cores}\n")


def _add_user(machine: PlayedMachine, name: str) -> None:
    if name == "root":
        return
    machine.write("/etc/passwd", machine.read("/etc/passwd") + f"{name}:x:1000:1000::/home/{name}:/bin/bash\n")
    machine.write("/etc/group", machine.read("/etc/group") + f"{name}:x:1000:\n")
    machine.path(f"/home/{name}").mkdir(parents=True, exist_ok=True)
