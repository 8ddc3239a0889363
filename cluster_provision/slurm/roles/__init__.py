"""What each machine of a Slurm cluster is to be: pure functions of the cluster, its facts, and the secrets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm.plan import Packages, Plan
from cluster_provision.slurm.roles import (
    access,
    accounts,
    common,
    containers,
    controller,
    database,
    leftovers,
    limits,
    login,
    monitoring,
    munge,
    nfs,
    node,
    pyxis,
    repository,
    scripts,
    slurm_user,
    ssh_keys,
    users,
)
from cluster_provision.slurm.roles.for_users import code_cli, motd, samples

if TYPE_CHECKING:
    from cluster_provision.slurm.cluster import Secrets, SlurmCluster
    from cluster_provision.slurm.facts import MachineFacts
    from cluster_provision.slurm.plan import Resource


def plan_of(cluster: SlurmCluster, machine: str, facts: MachineFacts, secrets: Secrets) -> Plan:
    """Return the plan of the machine of this name. Its resources stand in the order in which they are applied."""
    here, own = cluster.machine(machine), cluster.node(machine)
    first = [*repository.resources(cluster), *common.names(cluster, here, facts), *slurm_user.resources(cluster)]
    resources = [
        *common.clock(cluster, here, facts),
        *limits.resources(facts),
        *munge.resources(secrets),
        *nfs.resources(cluster, machine, facts),
        *users.resources(cluster, machine),
        *ssh_keys.resources(cluster, machine, facts, secrets),
    ]
    if machine == cluster.controller:
        # sacctmgr, which registers the cluster, reads slurm.conf; slurmctld wants to be registered.
        resources += controller.files(cluster, facts)
        resources += [*database.resources(cluster, secrets), *accounts.resources(cluster)]
        resources += controller.services(cluster)
    if own:
        # /etc/slurm comes with a package, and goes with it: what is in it is ours only if it is made after.
        resources += [*node.packages(cluster, facts), *scripts.resources(cluster, own)]
        resources += leftovers.resources(cluster, machine)
        resources += [*containers.resources(cluster, machine), *pyxis.node_resources(cluster, machine)]
        resources += node.services(cluster, here)
    if machine in cluster.logins:
        resources += [*([] if own else pyxis.login_resources(cluster)), *login.resources(cluster, here, facts)]
    resources += code_cli.resources(cluster, machine)
    resources += [*samples.resources(cluster, machine), *motd.resources(cluster, machine)]
    resources += monitoring.resources(cluster, here, facts)
    # Last, so that whatever fails before it leaves everybody's way in open.
    last = access.resources(cluster, machine) if own else []
    return Plan(cluster.name, machine, (*first, *_installed_at_once(resources), *last))


def _installed_at_once(resources: list[Resource]) -> list[Resource]:
    """The same with all packages in one installation, which comes first: each run of apt takes a second or two more."""
    names = dict.fromkeys(name for each in resources if isinstance(each, Packages) for name in each.names)
    others = [each for each in resources if not isinstance(each, Packages)]
    return [*([Packages(tuple(names))] if names else []), *others]


def names_of(cluster: SlurmCluster, machine: str, facts: MachineFacts, secrets: Secrets) -> Plan:
    """Return the part of the machine's plan by which the machines know each other: names, and keys of ssh."""
    here = cluster.machine(machine)
    resources = [*common.names(cluster, here, facts), *ssh_keys.resources(cluster, machine, facts, secrets)]
    return Plan(cluster.name, machine, tuple(resources))
