"""What the container job of Create's proof runs in: a bundle of the machine's own programs, which needs no registry.

Its root file system holds a file that says whose it is. A job that prints it ran in another root than the node's.
"""

from __future__ import annotations

import json
from typing import Any

from cluster_provision.slurm import paths
from cluster_provision.slurm.plan import Command, File, Folder, Resource

FILE = "/cluster-provision-proof"
"""In the container."""
FIRST_WORD = "contained"
"""Before the node's name, in the file."""
UID = 1
"""Whose job it is: `daemon` of base-passwd on Debian and Ubuntu. Users' jobs don't run as root, and neither does this;
the system's own users are left alone when their last job on a node ends."""
_BOUND = ("/dev", "/proc")
"""A runtime of an unprivileged user can make no devices and, in a container, no /proc."""
_SLURMS = "/var/run/slurm"
"""Where Slurm mounts a folder of its own in a container: seen with 24.11, and not with 22.05 (oci.conf(5),
MountSpoolDir)."""
_ROOT = f"{paths.PROOF_BUNDLE}/rootfs"
# With what they are linked with. Pyxis and Enroot need a shell in the container, at /bin.
_COPY = """set -eu
cd "$1"
cp --parents --dereference $(ldd /usr/bin/cat /usr/bin/sh /usr/bin/mkdir | grep -o '/[^ :]*' | sort -u) .
ln -sfn usr/bin bin
"""
_IS_THERE = 'test -e "$1"'
_REMOVE = 'cd "$1" && rm -rf bin lib lib64 usr'
_IMAGE = 'mksquashfs "$1" "$2" -noappend -all-root -quiet -no-progress'


def bundle(node: str) -> list[Resource]:
    """The bundle, which root owns: mount points must be there, since a user's runtime can't make them."""
    return [
        Folder(paths.PROOF_BUNDLE),
        Folder(_ROOT),
        *(Folder(f"{_ROOT}{each}") for each in (*_BOUND, _SLURMS)),
        File(f"{_ROOT}{FILE}", f"{FIRST_WORD} {node}\n"),
        File(f"{paths.PROOF_BUNDLE}/config.json", json.dumps(_config(), indent=1) + "\n"),
        Command(
            "programs for the proof's container",
            ("sh", "-c", _COPY, "sh", _ROOT),
            unless=("sh", "-c", _IS_THERE, "sh", f"{_ROOT}/bin/mkdir"),
            undo=("sh", "-c", _REMOVE, "sh", _ROOT),
        ),
    ]


def image() -> list[Resource]:
    """An image of the bundle's root, as Enroot takes it."""
    return [
        Command(
            "image for the proof",
            ("sh", "-c", _IMAGE, "sh", _ROOT, paths.PROOF_IMAGE),
            unless=("sh", "-c", _IS_THERE, "sh", paths.PROOF_IMAGE),
            undo=("rm", "-f", paths.PROOF_IMAGE),
            reads=(f"{_ROOT}{FILE}",),
        )
    ]


def _config() -> dict[str, Any]:
    """config.json of the OCI runtime specification, 1.0; Slurm puts in the job's program and environment."""
    return {
        "ociVersion": "1.0.2",
        "process": {"user": {"uid": 0, "gid": 0}, "args": ["cat"], "env": ["PATH=/usr/bin"], "cwd": "/"},
        "root": {"path": "rootfs"},
        "mounts": [{"destination": each, "type": "bind", "source": each, "options": ["rbind"]} for each in _BOUND],
        "linux": {
            "uidMappings": [{"containerID": 0, "hostID": UID, "size": 1}],
            "gidMappings": [{"containerID": 0, "hostID": UID, "size": 1}],
            "namespaces": [{"type": each} for each in ("pid", "ipc", "uts", "mount", "user")],
        },
    }
