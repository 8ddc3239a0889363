"""The controller's data disk: homes, accounting, Slurm's state and the secrets, which outlive the machine.

A unit mounts it at each start, before the services that need it. A disk that holds nothing yet takes over what the
image has in these folders, so that the accounts' homes stay.
"""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING

from node.machine.programs import Failure, call, run, telling
from node.slurm_cloud.place import DATA, ROOT
from node.slurm_cloud.programs import CURRENT

if TYPE_CHECKING:
    from node.slurm_cloud.place import Place

DEVICES = {
    # https://cloud.google.com/compute/docs/disks/disk-symlinks
    "gcp": ("/dev/disk/by-id/google-slurm-data",),
    # https://learn.microsoft.com/azure/virtual-machines/linux/azure-virtual-machine-utilities; sizes with SCSI first
    "azure": ("/dev/disk/azure/scsi1/lun0", "/dev/disk/azure/data/by-lun/0"),
}
# Seconds until the disk is there: it may be attached while the machine starts.
PATIENCE = float(os.environ.get("DISK_PATIENCE", "300"))
NO_FILE_SYSTEM = 2  # blkid(8)
LABEL = "slurm-data"  # 16 characters at most: mkfs.ext4(8)
SECRETS = f"{DATA}/secrets"
POWER = f"{DATA}/power"
"""What the power program keeps."""
HOME = "home"
# Folder of the disk → where programs look for it, and whose service waits for it.
PLACES = {
    HOME: ("/home", "nfs-server"),
    "mysql": ("/var/lib/mysql", "mariadb"),
    "slurmctld": ("/var/spool/slurmctld", "slurmctld"),
}
UNIT = "cluster-slurm-disk.service"
DISK, DISK_WITHOUT_HOMES = "disk", "disk-without-homes"
"""What the unit calls of this program."""
_UNITS = f"{ROOT}/etc/systemd/system"
_UNIT = """# Written by cluster-provision.
[Unit]
Description=The data disk of the Slurm cluster's controller

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/bin/env python3 -E -s -m node.slurm_cloud {command}
WorkingDirectory={folder}
"""
_DROP_IN = f"""# Written by cluster-provision.
[Unit]
Requires={UNIT}
After={UNIT}
"""


def prepare(place: Place, *, homes: bool) -> None:
    """Mount it, now and at each start; homes are on it, or on a file server. Raises Failure where it isn't there, or
    holds something else."""
    for name, (target, service) in PLACES.items():
        if not _is_mounted(f"{ROOT}{target}") and (homes or name != HOME):
            run("systemctl", "stop", service)  # an image may have it run already, in the folder that is to be another
    mount_all(place, homes=homes)
    _write(f"{_UNITS}/{UNIT}", _UNIT.format(command=DISK if homes else DISK_WITHOUT_HOMES, folder=CURRENT))
    for _, service in PLACES.values():
        _write(f"{_UNITS}/{service}.service.d/cluster-provision-disk.conf", _DROP_IN)
    call("systemctl", "daemon-reload")
    call("systemctl", "start", UNIT)


def mount_all(place: Place, *, homes: bool) -> None:
    """Mount the disk, with a file system on it, and its folders in their places, that of homes where they are on it."""
    if not _is_mounted(DATA):
        device = _device(place.cloud)
        _make_file_system(device)
        os.makedirs(DATA, exist_ok=True)
        call("mount", device, DATA)
    for folder in (SECRETS, POWER):
        os.makedirs(folder, mode=0o700, exist_ok=True)
    for name, (target, _) in PLACES.items():
        if name == HOME and not homes:
            continue
        kept, seen = f"{DATA}/{name}", f"{ROOT}{target}"
        os.makedirs(seen, exist_ok=True)
        if not _is_mounted(seen):
            _take_over(kept, seen)
            call("mount", "--bind", kept, seen)


def _is_mounted(folder: str) -> bool:
    return run("mountpoint", "-q", folder)[0] == 0


def _device(cloud: str) -> str:
    deadline = time.monotonic() + PATIENCE
    while True:
        found = next((each for each in DEVICES[cloud] if os.path.exists(f"{ROOT}{each}")), "")
        if found:
            return found
        if time.monotonic() >= deadline:
            raise Failure(f"the controller's data disk is not attached: there is no {' or '.join(DEVICES[cloud])}")
        time.sleep(1)


def _make_file_system(device: str) -> None:
    """Only on a disk on which blkid finds nothing at all; one that can't be looked at is left alone.

    blkid(8) ends with the same status where it can't look, so that the disk is read before.
    """
    status, said = run("dd", f"if={device}", "of=/dev/null", "bs=1M", "count=1")
    if status:
        raise Failure(f"the data disk {device} can't be read, so nothing is written on it: {telling(said)}")
    status, said = run("blkid", "--probe", "--output", "value", "--match-tag", "TYPE", device)
    if status == NO_FILE_SYSTEM and not said.strip():
        call("mkfs.ext4", "-q", "-L", LABEL, device)
    elif status:
        raise Failure(f"blkid can't look at the data disk {device}, so nothing is written on it: {said.strip()}")
    elif said.split() != ["ext4"]:
        raise Failure(f"the data disk {device} holds {said.strip() or 'something'}, not ext4: it isn't this cluster's")


def _take_over(kept: str, image: str) -> None:
    """What the image has in this folder, and the disk doesn't: the image's own again after it was made anew."""
    if not os.path.isdir(kept):
        shutil.rmtree(f"{kept}.new", ignore_errors=True)
        call("cp", "-a", image, f"{kept}.new")
        os.replace(f"{kept}.new", kept)
        return
    for name in os.listdir(image) if image.endswith("/home") else ():
        if not os.path.exists(f"{kept}/{name}"):
            call("cp", "-a", f"{image}/{name}", f"{kept}/{name}")
        else:
            _add_keys(f"{image}/{name}/.ssh/authorized_keys", f"{kept}/{name}/.ssh/authorized_keys")


def _add_keys(image: str, kept: str) -> None:
    """An account of the image's is reached by the keys that its new machine was given, too."""
    if not (os.path.exists(image) and os.path.exists(kept)):
        return
    with open(image, encoding="utf-8") as given, open(kept, "a+", encoding="utf-8") as file:
        file.seek(0)
        have = file.read()
        lacking = [line for line in given.read().splitlines() if line.strip() and line not in have.splitlines()]
        file.write("".join(f"{line}\n" for line in lacking))


def _write(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
