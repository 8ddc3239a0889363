"""What a machine is made of: nvidia-smi, ip, mounts, chronyc."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING

from embedded_cloud.existing.played.programs.systemd import units

if TYPE_CHECKING:
    from embedded_cloud.existing.played.process import Call

MOUNTS = "/proc/self/mounts"
REFUSED = 32  # mount(8)
NO_DEVICES = 6  # nvidia-smi's own status
NAMESPACE = uuid.UUID("7f4a4c7e-0a0c-4e7d-9c3f-4a8a2f7c9b10")


def nvidia_smi(call: Call) -> int:
    told = call.machine.told
    if not told["gpus"]:
        call.say("No devices were found")
        return NO_DEVICES
    if {"-L", "--list-gpus"} & {*call.arguments}:
        for number in range(int(told["gpus"])):
            name = uuid.uuid5(NAMESPACE, f"{call.machine.name}/{number}")
            call.say(f"GPU {number}: {told['accelerator']} (UUID: GPU-{name})")
    return 0


def ip(call: Call) -> int:
    """Addresses as JSON, the only question that is asked."""
    address = {"family": "inet", "local": call.machine.told["address"], "prefixlen": 24, "scope": "global"}
    links = [
        {"ifname": "lo", "operstate": "UNKNOWN", "addr_info": [{"local": "127.0.0.1", "scope": "host"}]},
        {"ifname": "eth0", "operstate": "UP", "addr_info": [address]},
    ]
    call.say(json.dumps(links))
    return 0


def mount(call: Call) -> int:
    """A line of fstab that is mounted, or what the arguments say. A share of a machine that is off times out."""
    target, source, kind = call.operands[-1], "", call.option("-t", "--types") or "auto"
    if len(call.operands) >= 2:
        source = call.operands[-2]
    else:
        for line in call.machine.read("/etc/fstab").splitlines():
            fields = line.partition("#")[0].split()
            if fields[1:2] == [target]:
                source, kind = fields[0], fields[2]
    if not source:
        return call.fail(f"mount: {target}: can't find in /etc/fstab.")
    if not call.machine.path(target).is_dir():
        return call.fail(f"mount: {target}: mount point does not exist.", REFUSED)
    server = source.partition(":/")[0].lower()
    off = [each for each in call.machine.others() if server in each.told["places"] and not each.is_on]
    if kind.startswith("nfs") and off:
        return call.fail(f"mount.nfs: Connection timed out for {source} on {target}", REFUSED)
    call.machine.write(MOUNTS, call.machine.read(MOUNTS) + f"{source} {target} {kind} rw 0 0\n")
    return 0


def umount(call: Call) -> int:
    target, lines = call.operands[-1], call.machine.read(MOUNTS).splitlines(True)
    kept = [line for line in lines if line.split()[1] != target]
    call.machine.write(MOUNTS, "".join(kept))
    return 0 if kept != lines else call.fail(f"umount: {target}: not mounted.", REFUSED)


def exportfs(call: Call) -> int:
    missing = [
        line.split()[0]
        for line in call.machine.read("/etc/exports").splitlines()
        if line.strip() and not line.startswith("#") and not call.machine.path(line.split()[0]).is_dir()
    ]
    for path in missing:
        call.fail(f"exportfs: Failed to stat {path}: No such file or directory")
    return 1 if missing else 0


def chronyc(call: Call) -> int:
    if not units(call.machine).get("chrony", {}).get("active"):
        return call.fail("506 Cannot talk to daemon")
    call.say("Leap status     : Normal")
    return 0


def sysctl(call: Call) -> int:
    """Keys that are set as key=value, or read."""
    for each in call.operands:
        key, given, value = each.partition("=")
        file = f"/proc/sys/{key.strip().replace('.', '/')}"
        if not call.machine.path(file).exists():
            return call.fail(f"sysctl: cannot stat {file}: No such file or directory", 255)
        if given:
            call.machine.write(file, f"{value.strip()}\n")
        call.say(f"{key.strip()} = {call.machine.read(file).strip()}")
    return 0
