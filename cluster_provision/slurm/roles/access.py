"""Who may log in to a compute node: whoever has a job there, and the exceptions (pam_slurm_adopt.html)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm.conf.slurm_conf import slurm_parameters
from cluster_provision.slurm.plan import Block, Command, File, Packages, Resource

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import Machine, SlurmCluster

SSHD = "/etc/pam.d/sshd"
SESSIONS = "/etc/pam.d/common-session"
EXCEPTIONS = "/etc/security/cluster-provision-logins"
GROUPS = "/etc/security/cluster-provision-groups"

# The last lines of the stack: whoever is listed is let in, and the others' processes are put into their job's cgroup.
_LISTED = f"account sufficient pam_listfile.so item=user sense=allow onerr=fail quiet file={EXCEPTIONS}"
_IN_GROUPS = f"account sufficient pam_listfile.so item=group sense=allow onerr=fail quiet file={GROUPS}"
_ADOPTED = "account required pam_slurm_adopt.so"


def may_adopt(cluster: SlurmCluster) -> bool:
    """Whether pam_slurm_adopt can work: a login is put into its job's cgroup, which only proctrack/cgroup makes."""
    return slurm_parameters(cluster).get("ProctrackType", "").lower().removeprefix("proctrack/") == "cgroup"


def resources(cluster: SlurmCluster, machine: str) -> list[Resource]:
    """Nothing where users log in anyway, or where it can't work. The account by which we come is always let in."""
    elsewhere = {cluster.controller, cluster.nfs_server, *cluster.logins}
    if not cluster.adopt or machine in elsewhere or not may_adopt(cluster):
        return []
    return [
        Packages((cluster.packages.adopt,)),
        File(EXCEPTIONS, "".join(f"{name}\n" for name in let_in(cluster)), "0644"),
        *([File(GROUPS, "".join(f"{name}\n" for name in cluster.ssh_groups), "0644")] if cluster.ssh_groups else []),
        _no_systemd_sessions(),
        Block(
            SSHD,
            cluster.name,
            (_LISTED, *([_IN_GROUPS] if cluster.ssh_groups else []), _adopted(cluster.machine(machine))),
        ),
    ]


def _adopted(machine: Machine) -> str:
    """It looks for jobs by the host's own name, where none is given: without one, it would let nobody in."""
    return f"{_ADOPTED} nodename={machine.name}" if machine.own_name else _ADOPTED


def let_in(cluster: SlurmCluster) -> tuple[str, ...]:
    """The users who need no job: root, the account by which the machines are reached, and the exceptions."""
    names = ("root", cluster.ssh_user, *cluster.ssh_exceptions)
    return tuple(dict.fromkeys(name for name in names if name))


def _no_systemd_sessions() -> Command:
    """pam_systemd would take a login out of its job's cgroup again; Debian's own tool turns it off and on."""
    return Command(
        "no session of systemd's for logins",
        ("pam-auth-update", "--disable", "systemd"),
        unless=("sh", "-c", '! grep -q "^[^#]*pam_systemd\\.so" "$1"', "sh", SESSIONS),
        undo=("pam-auth-update", "--enable", "systemd"),
    )
