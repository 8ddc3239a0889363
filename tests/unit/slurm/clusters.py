"""Clusters for tests: a controller and four nodes, with what each test changes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cluster_provision.slurm.cluster import Gpus, Machine, Secrets, SlurmCluster, SlurmNode
from cluster_provision.slurm.facts import MachineFacts, Package
from cluster_provision.slurm.release import Release

SECRETS = Secrets("canary-munge-" + "k" * 40, "canary-database", "canary-private", "ssh-ed25519 AAAA lyra")
H100 = (Gpus("h100", tuple(f"/dev/nvidia{i}" for i in range(8))),)
RELEASES = tuple(Release(year, month) for year, month in ((22, 5), (23, 2), (23, 11), (24, 5), (24, 11), (26, 5)))


def node(number: int, **changes: Any) -> SlurmNode:
    """A node of 2 sockets with 48 cores each and 1 TB of memory, named lyra01 and so on."""
    plain = SlurmNode(f"lyra{number:02d}", f"10.30.0.{10 + number}", 192, 2, 48, 2, 1_031_742)
    return replace(plain, **changes)


def cluster(**changes: Any) -> SlurmCluster:
    """lyra: lyra-hd is controller and login, lyra[01-04] have eight H100 each."""
    nodes = tuple(node(number, gpus=H100) for number in range(1, 5))
    plain = SlurmCluster(
        name="lyra",
        release=Release(22, 5),
        controller="lyra-hd",
        logins=("lyra-hd",),
        machines=(Machine("lyra-hd", "10.30.0.1"), *(Machine(each.name, each.address) for each in nodes)),
        nodes=nodes,
        ssh_user="ubuntu",
    )
    return replace(plain, **changes)


def facts(**changes: Any) -> MachineFacts:
    """A Debian 12 machine on which nothing of Slurm is yet."""
    offered = ("slurmd", "slurmctld", "slurm-client", "libpmix-dev", "munge", "chrony")
    plain = MachineFacts(
        name="lyra01",
        os_release='ID=debian\nVERSION_ID="12"\n',
        clock=1_764_500_000.0,
        packages={name: Package("", "22.05.8-4+deb12u3") for name in offered},
    )
    return replace(plain, **changes)
