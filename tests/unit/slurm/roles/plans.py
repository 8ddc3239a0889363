"""Plans for tests: of one machine of the cluster that a test changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from cluster_provision.slurm.plan import Command, Plan, Resource
from cluster_provision.slurm.roles import plan_of
from tests.unit.slurm.clusters import SECRETS, cluster, facts

if TYPE_CHECKING:
    from cluster_provision.slurm.facts import MachineFacts

R = TypeVar("R", bound=Resource)


def plan(machine: str = "lyra01", here: MachineFacts | None = None, **changes: Any) -> Plan:
    """The plan of a machine whose facts are `here`, in a cluster with these changes."""
    return plan_of(cluster(**changes), machine, here or facts(), SECRETS)


def each(of: Plan, kind: type[R]) -> list[R]:
    """The resources of one kind, in order."""
    return [resource for resource in of.resources if isinstance(resource, kind)]


def command(of: Plan, name: str) -> Command:
    """The command of this name."""
    return next(resource for resource in each(of, Command) if resource.name == name)
