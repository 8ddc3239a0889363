"""From the description of a cluster on a cloud to the Slurm cluster that its machines make.

Each machine does it for itself, from its own facts: what the cloud's image is, nobody else knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.settings.readers.linux import HOMES
from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist
from cluster_provision.slurm import paths
from cluster_provision.slurm.cluster import Export, Gpus, Machine, Power, Share, SlurmCluster, SlurmNode, Switch
from cluster_provision.slurm.hardware import gpus_of
from cluster_provision.slurm.package_names import DEBIAN, SCHEDMD, PackageNames
from cluster_provision.slurm.roles.pyxis import plugstack_line
from cluster_provision.slurm.shares import SHARE_OPTIONS
from cluster_provision.slurm.wanted import release_of

if TYPE_CHECKING:
    from cluster_provision.slurm.cloud import CloudCluster, Pool
    from cluster_provision.slurm.facts import MachineFacts

# exports(5). Root is root there too: the cloud's agent writes keys into homes on every machine.
_CLIENTS = "*(rw,sync,no_root_squash,no_subtree_check)"
# Programs of slurmctld's, which runs them as slurm: they only call the power program.
RESUME, SUSPEND = f"{paths.PROGRAMS}/resume", f"{paths.PROGRAMS}/suspend"
# A machine of either cloud is up within a few minutes, one of the largest within ten (seconds).
RESUME_TIMEOUT = 1200
SUSPEND_TIMEOUT = 45
# slurm.conf(5), TreeWidth: the most. slurmd passes messages on by names, and nodes that come and go know none.
_DIRECT = "65533"


def cluster_of(given: CloudCluster, facts: MachineFacts) -> SlurmCluster:
    """The cluster as a machine with these facts sees it: Slurm's release and packages are its own."""
    names = (given.controller, *given.logins, *given.nodes)
    clients = names if given.shares else names[1:]
    home = Share(given.controller, HOMES, HOMES, SHARE_OPTIONS)
    return SlurmCluster(
        name=given.name,
        release=release_of((facts,)),
        controller=given.controller,
        # The cloud's name server knows them, also those that don't exist yet.
        machines=tuple(Machine(name, name) for name in names),
        nodes=tuple(node for pool in given.pools for node in _nodes(pool)),
        logins=given.logins or (given.controller,),
        partitions=given.partitions,
        extra=(*_own(given), *given.extra),
        cgroup_extra=given.cgroup_extra,
        accounting=given.accounting,
        database=given.database,
        # Without an account of the tool's own to let in, it would shut everybody out.
        adopt=bool(given.admin or given.ssh_exceptions or given.ssh_groups),
        containers=not given.fetched,
        ssh_user=given.admin,
        ssh_exceptions=given.ssh_exceptions,
        ssh_groups=given.ssh_groups,
        users=given.users,
        nfs_server="" if given.shares else given.controller,
        exports=() if given.shares else (Export(HOMES, _CLIENTS),),
        shares=given.shares or (home,),
        nfs_clients=clients,
        switches=_switches(given),
        power=Power(RESUME, SUSPEND, given.suspend_time, RESUME_TIMEOUT, SUSPEND_TIMEOUT),
        plugstack=(plugstack_line(facts.architecture),) if given.fetched else (),
        packages=_packages(facts),
        repository=given.repository,
        fetched=given.fetched,
        code_cli=given.code_cli,
        monitoring=given.monitoring,
    )


def machine_problems(given: CloudCluster, name: str, facts: MachineFacts) -> tuple[str, ...]:
    """Say what a node lacks of its machine type: Slurm would only call it invalid."""
    pool = next((each for each in given.pools if name in each.nodes), None)
    if not pool or not pool.gpus:
        return ()
    found, wrong = gpus_of(facts)
    count = sum(each.count for each in found)
    if count >= pool.gpus:
        return ()
    told = f" ({'; '.join(wrong)})" if wrong else ""
    return (
        f"{name} has {count} of the {pool.gpus} GPUs that its machine type has{told}: the cloud gave a broken machine. "
        f"`slurm-nodes suspend {name}` and `slurm-nodes resume {name}` on {given.controller} bring another",
    )


def _nodes(pool: Pool) -> list[SlurmNode]:
    gpus = (Gpus(pool.gpu_type or "gpu", tuple(f"/dev/nvidia{i}" for i in range(pool.gpus))),) if pool.gpus else ()
    return [
        SlurmNode(
            name,
            "",
            pool.cpus,
            pool.sockets,
            pool.cores,
            pool.threads,
            pool.memory_mb,
            gpus=gpus,
            features=pool.features,
            cloud=True,
        )
        for name in pool.nodes
    ]


def _own(given: CloudCluster) -> tuple[tuple[str, str], ...]:
    """Keys of slurm.conf that only such a cluster has; the user's own replace them."""
    exempt = fold_hostlist(given.first_on) if given.suspend_time is not None and given.first_on else ""
    return (
        ("TreeWidth", _DIRECT),
        # A node that is made again has another address.
        ("CommunicationParameters", "NoAddrCache"),
        *((("SuspendExcNodes", exempt),) if exempt else ()),
    )


def _switches(given: CloudCluster) -> tuple[Switch, ...]:
    """A switch a group, where any group has one, and one above them: else no job could have nodes of two."""
    groups = [group for pool in given.pools for group in pool.groups]
    if not any(group.switch for group in groups):
        return ()
    leaves = tuple(Switch(group.name, group.nodes) for group in groups)
    return (*leaves, Switch(f"{given.name}-all", switches=tuple(each.name for each in leaves)))


def _packages(facts: MachineFacts) -> PackageNames:
    """SchedMD's names where the machine has or is offered them: a repository has one kind alone."""
    package = facts.packages.get(SCHEDMD.slurmd)
    return SCHEDMD if package and (package.installed or package.candidate) else DEBIAN
