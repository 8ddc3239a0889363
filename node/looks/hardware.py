"""Processors, GPUs, RDMA devices, room."""

from __future__ import annotations

import contextlib
import glob
import os
import re
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from node.looks.reading import ROOT, output, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOMS = ("/", "/var", "/tmp", "/home")  # noqa: S108 - looked at, not used
PSEUDO = frozenset(
    [
        "autofs",
        "binfmt_misc",
        "bpf",
        "cgroup",
        "cgroup2",
        "configfs",
        "debugfs",
        "devpts",
        "devtmpfs",
        "efivarfs",
        "fusectl",
        "hugetlbfs",
        "mqueue",
        "nsfs",
        "proc",
        "pstore",
        "ramfs",
        "securityfs",
        "selinuxfs",
        "sysfs",
        "tracefs",
    ]
)
NVIDIA = "0x10de"
DISPLAYS = ("0x0300", "0x0302")  # PCI's classes of VGA and 3D controllers


def processors() -> dict[str, Any]:
    """Online processors by socket and core, from /sys; from /proc/cpuinfo where that says nothing."""
    base = f"{ROOT}/sys/devices/system/cpu"
    seen = []
    sockets: dict[int, list[int]] = {}
    for number in span(text_of("/sys/devices/system/cpu/online")):
        folder = f"{base}/cpu{number}/topology"
        with contextlib.suppress(OSError, ValueError):
            package = int(Path(f"{folder}/physical_package_id").read_text())
            core = int(Path(f"{folder}/core_id").read_text())
            seen.append((max(package, 0), core))
            sockets.setdefault(max(package, 0), []).append(number)
    if not seen:
        count = len(re.findall(r"^processor\s*:", text_of("/proc/cpuinfo"), re.MULTILINE))
        return {"cpus": count, "sockets": 1, "cores": count, "threads": 1, "boards": 1, "of_sockets": []}
    cores = max(len({pair for pair in seen if pair[0] == socket_}) for socket_ in sockets)
    threads = max(1, len(seen) // (len(sockets) * cores))
    of_sockets = [ranges(sockets[package]) for package in sorted(sockets)]
    shape = {"cpus": len(seen), "sockets": len(sockets), "cores": cores, "threads": threads, "boards": 1}
    return {**shape, "of_sockets": of_sockets}


def ranges(numbers: Iterable[int]) -> str:
    """Numbers as `0-3,8`."""
    found: list[list[int]] = []
    for number in sorted(numbers):
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return ",".join(f"{first}-{last}" if last > first else f"{first}" for first, last in found)


def span(text: str) -> list[int]:
    """The numbers of `0-3,8`."""
    found: list[int] = []
    for part in text.strip().split(","):
        first, _, last = part.partition("-")
        if first.isdigit():
            found += range(int(first), int(last or first) + 1)
    return found


def numbered(pattern: str) -> list[str]:
    """Character devices that match, by the numbers in their names, as the machine itself names them."""
    paths = [path for path in glob.glob(pattern) if stat.S_ISCHR(os.stat(path).st_mode)]
    return [path[len(ROOT) :] for path in sorted(paths, key=lambda path: [int(n) for n in re.findall(r"\d+", path)])]


def mig_instances() -> dict[str, Any] | None:
    """What is made of divided cards; None where none is divided."""
    return output("nvidia-smi", "mig", "-lci") if numbered(f"{ROOT}/dev/nvidia-caps/*") else None


def cards() -> list[dict[str, Any]]:
    """GPUs as the driver describes them."""
    found = []
    for path in sorted(glob.glob(f"{ROOT}/proc/driver/nvidia/gpus/*/information")):
        lines = Path(path).read_text(errors="replace").splitlines()
        told = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)}
        minor = told.get("Device Minor", "")
        if minor.isdigit():
            bus = told.get("Bus Location", "")
            near = text_of(f"/sys/bus/pci/devices/{bus.lower()}/local_cpulist").strip() if bus else ""
            found.append({"bus": bus, "minor": int(minor), "model": told.get("Model", ""), "near": near})
    return found


def pci_gpus() -> int:
    """NVIDIA's display and 3D controllers on the bus."""
    count = 0
    for path in glob.glob(f"{ROOT}/sys/bus/pci/devices/*"):
        with contextlib.suppress(OSError):
            vendor = Path(f"{path}/vendor").read_text().strip()
            count += vendor == NVIDIA and Path(f"{path}/class").read_text().strip()[:6] in DISPLAYS
    return count


def rdma() -> list[dict[str, Any]]:
    """Ports of RDMA devices, by what the kernel says of them."""
    found = []
    for path in sorted(glob.glob(f"{ROOT}/sys/class/infiniband/*/ports/*")):
        told = {}
        for name in ("link_layer", "state", "rate"):
            with contextlib.suppress(OSError):
                told[name] = Path(f"{path}/{name}").read_text().strip()
        parts = path.split("/")
        state = told.get("state", "").rpartition(": ")[2]
        rate, link = told.get("rate", ""), told.get("link_layer", "")
        found.append({"device": parts[-3], "port": int(parts[-1]), "link": link, "state": state, "rate": rate})
    return found


def free_mb() -> dict[str, int]:
    """MiB that root may still write."""
    found = {}
    for room in ROOMS:
        with contextlib.suppress(OSError):
            told = os.statvfs(f"{ROOT}{room}")
            found[room] = told.f_bfree * told.f_frsize // (1 << 20)
    return found


def mounts() -> list[dict[str, str]]:
    """What is mounted, kernel's own file systems left out."""
    found = []
    for line in text_of("/proc/self/mounts").splitlines():
        fields = [re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), field) for field in line.split()[:4]]
        if len(fields) == 4 and fields[2] not in PSEUDO:
            found.append(dict(zip(("source", "target", "type", "options"), fields)))
    return found
