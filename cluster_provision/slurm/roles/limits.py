"""Limits of the system that jobs meet: locked memory for RDMA, shared memory of jobs, memory cgroups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm.plan import Command, File, Folder, Resource

if TYPE_CHECKING:
    from cluster_provision.slurm.facts import MachineFacts

LIMITS = "/etc/security/limits.d/90-cluster-provision.conf"
LOGIND = "/etc/systemd/logind.conf.d/cluster-provision.conf"
GRUB = "/etc/default/grub.d/90-cluster-provision.cfg"

# Memory that a network card reads and writes by itself must not be moved: the guide's own limits.
_LIMITS = """# Written by cluster-provision: RDMA needs memory that is locked.
* soft memlock unlimited
* hard memlock unlimited
root soft memlock unlimited
root hard memlock unlimited
"""
# logind.conf(5): else the end of a user's last login takes away the shared memory of the user's jobs.
_LOGIND = """# Written by cluster-provision.
[Login]
RemoveIPC=no
"""
_TAKE_UP = "systemctl is-active --quiet systemd-logind || exit 0; exec systemctl restart systemd-logind"
# Kernels that leave memory out of cgroup v1 (the guide's own arguments); in force from the next start on.
_GRUB = """# Written by cluster-provision: Slurm keeps jobs to their memory.
GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX cgroup_enable=memory swapaccount=1"
"""


def resources(facts: MachineFacts) -> list[Resource]:
    """The same on every machine: logins start MPI jobs too."""
    return [
        File(LIMITS, _LIMITS),
        Folder("/etc/systemd/logind.conf.d", once=True),
        File(LOGIND, _LOGIND),
        Command("logind takes up RemoveIPC=no", ("sh", "-c", _TAKE_UP), unless=("true",), reads=(LOGIND,)),
        *_memory_cgroups(facts),
    ]


def lacks_memory_cgroups(facts: MachineFacts) -> bool:
    """Whether the kernel was started without them, so that it needs other arguments and a restart."""
    return (
        bool(facts.cgroup_controllers) and "memory" not in facts.cgroup_controllers and not facts.container
    ) or "cgroup_enable=memory" in facts.command_line


def needs_restart(facts: MachineFacts) -> bool:
    """Whether the kernel runs without memory cgroups now, and its arguments can be set for the next start.

    Not where it was started with them: another restart would change nothing.
    """
    absent = bool(facts.cgroup_controllers) and "memory" not in facts.cgroup_controllers and not facts.container
    return absent and "cgroup_enable=memory" not in facts.command_line and bool(facts.programs.get("update-grub"))


def _memory_cgroups(facts: MachineFacts) -> list[Resource]:
    """Kept once the kernel has been started so: without them it would lack memory again."""
    if not lacks_memory_cgroups(facts) or not facts.programs.get("update-grub"):
        return []
    return [
        Folder("/etc/default/grub.d", once=True),
        File(GRUB, _GRUB),
        Command(
            "write the kernel's arguments", ("update-grub",), unless=("true",), undo=("update-grub",), reads=(GRUB,)
        ),
    ]
