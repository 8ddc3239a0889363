"""What Create and Status do with nodes, whatever the cloud: failed ones made anew, all waited for, a last look."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Protocol

from cluster_provision.clouds.problems import error_of
from cluster_provision.readiness.group_problems import GroupProblems, problems_of, unfilled
from cluster_provision.readiness.node_states import Wanted, standing
from cluster_provision.readiness.nodes import require_none_failed, setup_failure, wait_for_nodes
from cluster_provision.readiness.polling import Poll
from cluster_provision.result import Check

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.clouds.base import GroupError, Machine
    from cluster_provision.clouds.problems import Kind
    from cluster_provision.errors import ProvisionError
    from cluster_provision.node import Node
    from cluster_provision.settings import Settings
    from cluster_provision.stage import Site

RECENT = timedelta(hours=1)
"""How old an error of the group may be that still tells why a machine isn't there: groups try again before that."""

UP_TO_DATE = "machines up to date"


class NodesTarget(Protocol):
    """A target whose nodes are machines of groups."""

    expected_nodes: int

    @property
    def settings(self) -> Settings:
        """The settings, of whatever cloud."""

    def machines(self) -> Sequence[Machine]:
        """The machines that there are, in the order in which they are shown."""

    def group_errors(self, earlier: timedelta = ...) -> list[GroupError]:
        """What the groups failed at in this run, and so much before it."""

    def kind_of(self, problem: str) -> Kind:
        """The cloud's sorting of "<code>: <message>"."""

    def connection(self, nodes: list[Node]) -> dict[str, Any]:
        """How to connect."""

    def outdated(self, machines: Sequence[Machine]) -> Sequence[Machine]:
        """Those that were made before the settings changed."""

    def renew(self, machines: Sequence[Machine]) -> None:
        """Have these machines made anew."""

    def renewal(self, machines: Sequence[Machine]) -> str:
        """What a user types for the same."""


def renew_failed_nodes(target: NodesTarget, site: Site) -> None:
    """Have the machines that failed in an earlier run made anew: this one is to correct what failed them."""
    records = site.store.node_summaries()
    failed = {s.name: s.instance_id for s in records if s.status == "failed"}
    machines = [m for m in target.machines() if failed.get(m.name) == m.instance_id] if failed else []
    if not (site.facts.resources and machines):
        site.progress.conclude("none from an earlier run")
    else:
        site.store.forget_nodes({s.name for s in records} - {m.name for m in machines})
        target.renew(machines)
        site.progress.conclude(f"{', '.join(m.name for m in machines)} made anew")


def wait_until_started(target: NodesTarget, site: Site) -> None:
    """Wait for the nodes' own word."""
    settings = target.settings
    nodes = wait_for_nodes(
        Wanted(target.expected_nodes, command_ended=settings.wait_for_startup_command),
        target.machines,
        site.store,
        GroupProblems(target.group_errors, target.kind_of, settings.capacity_wait * 60, site.say),
        Poll(settings.ready_timeout * 60),
        site.progress.update,
    )
    site.result.nodes = nodes
    site.result.connection = target.connection(nodes)
    site.store.forget_nodes({n.name for n in nodes})
    site.progress.conclude(f"{len(nodes)} ready")


def look_once_more(target: NodesTarget, site: Site) -> None:
    """A command that failed since, and machines that still run with earlier settings, are not kept quiet."""
    require_none_failed(site.store, site.result.nodes)
    outdated = target.outdated(target.machines())
    if outdated:
        names = ", ".join(m.name for m in outdated)
        site.say(
            f"Note: these machines were made before the settings changed, and go on as they are: {names}\n"
            f"  To have them made anew: {target.renewal(outdated)}"
        )
        site.result.checks.append(Check(UP_TO_DATE, "failed", names))


def look_at_nodes(target: NodesTarget, site: Site, machines: Sequence[Machine]) -> ProvisionError | None:
    """One look: fills in the nodes, how to connect, and a check; what isn't as it should be."""
    now, wanted = standing(machines, site.store.node_summaries()), Wanted(target.expected_nodes)
    site.result.nodes = list(now.nodes)
    site.result.connection = target.connection(site.result.nodes)
    problems = problems_of(machines, wanted.count, target.group_errors(RECENT), target.kind_of)
    told = f"{len(now.ready(wanted))} of {wanted.count} ready"
    if now.failed():
        failure: ProvisionError = setup_failure(now.failed(), site.store)
    elif now.complete(wanted):
        site.result.checks.append(Check("nodes", "ok", told))
        return None
    else:
        advice = "Create run again waits for them; docs/node-status.md says where a node's logs lie."
        failure = error_of(unfilled(problems), f"{told}: {now.text(wanted, problems)}", advice)
    site.result.checks.append(Check("nodes", "failed", told))
    return failure


def look_at_age(target: NodesTarget, site: Site, machines: Sequence[Machine]) -> None:
    """A check of whether the machines are what the settings say."""
    outdated = ", ".join(m.name for m in target.outdated(machines))
    site.result.checks.append(Check(UP_TO_DATE, "failed" if outdated else "ok", outdated))
