"""The head of a cluster with an orchestrator: a machine in a group of its own, which names it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.orchestrators.base import Head
from cluster_provision.readiness.group_problems import GroupProblems
from cluster_provision.readiness.polling import Poll
from cluster_provision.readiness.ray import wait_for_head

if TYPE_CHECKING:
    from cluster_provision.clouds.base import Machine
    from cluster_provision.settings import GcpSettings
    from cluster_provision.stage import Site
    from cluster_provision.targets.nodes import NodesTarget


def head_group(name_prefix: str) -> str:
    """The name of the head's group."""
    return f"{name_prefix}-head-mig"


def is_head(name: str, name_prefix: str) -> bool:
    """Whether a machine is the head, by the name that its group gave it."""
    return name.startswith(f"{name_prefix}-head-")


def find_head(target: NodesTarget, settings: GcpSettings, site: Site) -> Head:
    """Wait until the head's group has given its machine a name, which may not run yet."""
    head = wait_for_head(
        head_group(settings.name_prefix),
        target.expected_nodes,
        target.machines,
        GroupProblems(target.group_errors, target.kind_of, settings.capacity_wait * 60, site.say),
        Poll(settings.ready_timeout * 60),
        site.progress.update,
    )
    return Head(head.name, internal_name(head, settings.project_id))


def internal_name(machine: Machine, project_id: str) -> str:
    """The machine's zonal DNS name, which it keeps when its group makes it anew, whatever its address then is.

    https://cloud.google.com/compute/docs/internal-dns (looked up November 2026): VM_NAME.ZONE.c.PROJECT_ID.internal;
    of a project in a domain, example.com:name, the last part reads name.example.com.
    """
    domain, _, name = project_id.rpartition(":")
    project = f"{name}.{domain}" if domain else name
    return f"{machine.name}.{machine.zone}.c.{project}.internal"
