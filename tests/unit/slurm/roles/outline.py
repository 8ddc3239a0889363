"""A plan in few words, for tests that compare its order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.slurm.plan import Block, Command, File, Folder, HostName, Mount, Packages

if TYPE_CHECKING:
    from cluster_provision.slurm.plan import Plan, Resource


def outline(plan: Plan) -> list[str]:
    """A line for each resource: its kind, and what it is about."""
    return [f"{each.KIND} {_about(each)}" for each in plan.resources]


def files(plan: Plan) -> dict[str, File]:
    """The plan's files by their paths."""
    return {each.path: each for each in plan.resources if isinstance(each, File)}


def packages(plan: Plan) -> set[str]:
    """All packages of the plan."""
    return {name for each in plan.resources if isinstance(each, Packages) for name in each.names}


def _about(resource: Resource) -> str:
    if isinstance(resource, Packages):
        return " ".join(resource.names)
    if isinstance(resource, (File, Block, Folder)):
        return resource.path
    if isinstance(resource, Mount):
        return resource.target
    if isinstance(resource, (Command, HostName)):
        return resource.name
    return str(getattr(resource, "name", ""))
