"""The stages of nodes, whatever the cloud: failed ones made anew, all waited for, and one last look."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol

from cluster_provision.clouds.problems import error_of
from cluster_provision.errors import NotReady, StateLocked
from cluster_provision.orchestrators.base import Machines
from cluster_provision.readiness.group_problems import GroupProblems, problems_of, unfilled
from cluster_provision.readiness.node_states import Wanted, standing
from cluster_provision.readiness.nodes import require_none_failed, setup_failure, wait_for_nodes
from cluster_provision.readiness.polling import Poll
from cluster_provision.result import Check
from cluster_provision.stage import Stage
from cluster_provision.state.holder import holder_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cluster_provision.clouds.base import GroupError, Machine
    from cluster_provision.clouds.problems import Kind
    from cluster_provision.errors import ProvisionError
    from cluster_provision.node import Node
    from cluster_provision.orchestrators.base import Orchestrator
    from cluster_provision.result import Connection
    from cluster_provision.stage import Site

RECENT = timedelta(hours=1)
"""How old an error of the group may be that still says why a machine isn't there: groups try again before that."""

UP_TO_DATE = "machines up to date"


class NodesTarget(Machines, Protocol):
    """A target whose nodes are machines of groups."""

    expected_nodes: int

    def machines(self) -> Sequence[Machine]:
        """Lists the machines, in the order in which they are shown."""

    def group_errors(self, earlier: timedelta = ...) -> list[GroupError]:
        """What the groups failed at in this run, and so much before it."""

    def kind_of(self, problem: str) -> Kind:
        """The cloud's sorting of "<code>: <message>"."""

    def connection(self, site: Site) -> Connection:
        """How to connect to the nodes of the result."""

    def outdated(self, machines: Sequence[Machine]) -> Sequence[Machine]:
        """Those that were made before the settings changed."""

    def renew(self, machines: Sequence[Machine]) -> None:
        """Have these machines made anew."""

    def renewal(self, machines: Sequence[Machine]) -> str:
        """The commands by which a user does the same, a line each; Create again fills what they take away."""


def node_stages(target: NodesTarget, orchestrator: Orchestrator) -> tuple[Stage, ...]:
    """The stages until every node is ready and the orchestrator runs on all of them."""
    return (
        Stage("failed nodes", partial(renew_failed_nodes, target), None, "the stage nodes names them", folded=True),
        *orchestrator.before_nodes(target),
        Stage("nodes", partial(wait_until_started, target), partial(look_at_nodes, target)),
        *orchestrator.after_nodes(target),
    )


def renew_failed_nodes(target: NodesTarget, site: Site) -> None:
    """Have the machines that failed in an earlier run made anew: this run is to correct what failed them. Raises
    StateLocked where another run is at work on them by now."""
    records = site.store.node_summaries()
    failed = {s.name: s.instance_id for s in records if s.status == "failed"}
    machines = [m for m in target.machines() if failed.get(m.name) == m.instance_id] if failed else []
    if not (site.facts.resources and machines):
        site.progress.conclude("none from an earlier run")
    else:
        if (held := site.store.lock()) is not None:
            holder = holder_of(site.store, held).text()
            raise StateLocked(
                f"machines that failed are left as they are: the state is locked by {holder}",
                "Wait for that run to end, and run Create again. `Unlock` clears the lock of a run that is dead.",
            )
        site.store.forget_nodes({s.name for s in records} - {m.name for m in machines})
        target.renew(machines)
        site.say(f"Failed in an earlier run, and made anew: {', '.join(m.name for m in machines)}")


def wait_until_started(target: NodesTarget, site: Site) -> None:
    """Wait until each node's own record says that it is ready."""
    settings = target.settings

    def machines() -> Sequence[Machine]:
        there = target.machines()
        if not there:
            require_cluster(site)
        return there

    def tell(text: str, done: int | None = None, total: int | None = None, nodes: Sequence[Node] = ()) -> None:
        site.result.nodes = list(nodes)  # a run that ends here shows how far they were
        site.progress.update(text, done, total, nodes)

    found = wait_for_nodes(
        _wanted(target),
        machines,
        site.store,
        GroupProblems(target.group_errors, target.kind_of, settings.capacity_wait * 60, site.say),
        Poll(settings.ready_timeout * 60),
        tell,
    )
    site.note(found.machines, found.nodes)
    _connect(target, site)
    site.store.forget_nodes({n.name for n in found.nodes})
    site.progress.conclude(f"{len(found.nodes)} ready")


def _wanted(target: NodesTarget) -> Wanted:
    return Wanted(target.expected_nodes, command_ended=target.settings.ends_with_command)


def require_cluster(site: Site) -> None:
    """Raises NotReady where the state holds nothing any more: this run holds no lock while it waits."""
    if not site.store.facts().resources:
        raise NotReady(
            "the cluster is gone: another run has destroyed it while this one waited for its nodes",
            "Run Create again to make it anew.",
        )


def look_at_nodes(target: NodesTarget, site: Site) -> ProvisionError | None:
    """Look at the machines and their records once, and add a check."""
    machines = target.machines()
    now, wanted = standing(machines, site.store.node_summaries()), _wanted(target)
    site.note(machines, now.nodes)
    _connect(target, site)
    problems = problems_of(machines, wanted.count, target.group_errors(RECENT), target.kind_of)
    ready = f"{len(now.ready(wanted))} of {wanted.count} ready"
    if now.failed():
        failure: ProvisionError = setup_failure(now.failed(), site.store)
    elif now.complete(wanted):
        site.result.checks.append(Check("nodes", "ok", ready))
        return None
    else:
        advice = "Create run again waits for them; docs/node-status.md says where a node's logs lie."
        failure = error_of(unfilled(problems), f"{ready}: {now.text(wanted, problems)}", advice)
    site.result.checks.append(Check("nodes", "failed", ready))
    return failure


def _connect(target: NodesTarget, site: Site) -> None:
    """Say how to connect; a key that this run has made stays in the result."""
    made = site.result.connection.private_key
    site.result.connection = replace(target.connection(site), private_key=made)


def look_once_more(target: NodesTarget, site: Site) -> None:
    """Raise what failed since the nodes were ready; note machines that still run with earlier settings."""
    require_none_failed(site.store, site.result.nodes)
    outdated = target.outdated(site.machines)
    if outdated:
        names = ", ".join(m.name for m in outdated)
        commands = "\n".join(f"    {line}" for line in target.renewal(outdated).splitlines())
        site.say(
            f"Note: these machines were made before the settings changed, and go on as they are: {names}\n"
            f"  To have them made anew, run this, and then Create again:\n{commands}"
        )
        site.result.checks.append(Check(UP_TO_DATE, "failed", names))


def look_at_age(target: NodesTarget, site: Site) -> None:
    """Add a check of whether the machines are what the settings say."""
    outdated = ", ".join(m.name for m in target.outdated(site.machines))
    site.result.checks.append(Check(UP_TO_DATE, "failed" if outdated else "ok", outdated))
