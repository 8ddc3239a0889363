"""Waits until every node has really started, as the nodes' own records say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.clouds.problems import error_of
from cluster_provision.errors import NodeSetupError
from cluster_provision.number_of import number_of
from cluster_provision.readiness.group_problems import unfilled
from cluster_provision.readiness.node_states import SHOWN, Standing, Wanted, standing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.clouds.base import Machine
    from cluster_provision.errors import ProvisionError
    from cluster_provision.node import Node, StepRecord
    from cluster_provision.readiness.group_problems import GroupProblems, Problem
    from cluster_provision.readiness.polling import Poll, Tell
    from cluster_provision.state.base import StateStore


def wait_for_nodes(
    wanted: Wanted,
    machines: Callable[[], Sequence[Machine]],
    store: StateStore,
    problems: GroupProblems,
    poll: Poll,
    tell: Tell,
    failure: Callable[[Sequence[Node]], ProvisionError | None] | None = None,
) -> Standing:
    """Wait for as many ready nodes as wanted, and return them with their machines.

    Each look lists the group's machines and the records, and while the group isn't full, its errors. It ignores a
    record of an instance that is not in the group. Raises NodeSetupError with the failed step's last lines as soon as a
    node's record says that its set-up failed, or what `failure` makes of such nodes, where that is given: None while
    they may still come; the error of a problem that lasts too long; and NotReady when the time is up.
    """
    now = Standing()
    in_the_way: list[Problem] = []
    while poll.next():
        with poll.bearing_outages(tell):
            found = machines()
            seen, now = now, standing(found, store.node_summaries())
            in_the_way = problems.look(found, wanted.count, poll.elapsed)
            failed = now.failed()
            if failed and (error := failure(failed) if failure else setup_failure(failed, store)):
                raise error
            if now.complete(wanted):
                return now
            tell(f"ready; {now.text(wanted, in_the_way)}", len(now.ready(wanted)), wanted.count, now.nodes)
            if seen != now:
                poll.moved()
    raise error_of(
        unfilled(in_the_way),
        f"after {number_of(round(poll.elapsed / 60), 'minute')}: {len(now.ready(wanted))} of {wanted.count} ready; "
        f"{now.text(wanted, in_the_way)}",
        "The machines that exist stay, and cost money: run Create again to wait longer, or Destroy. "
        "READY_TIMEOUT sets the limit; docs/node-status.md says where a node's logs are.",
    )


def require_none_failed(store: StateStore, nodes: Sequence[Node]) -> None:
    """Look once more at the end: if a command failed after its node was ready, this run has failed."""
    ids = {n.name: n.instance_id for n in nodes}
    failed = [s.name for s in store.node_summaries() if s.status == "failed" and ids.get(s.name) == s.instance_id]
    if failed:
        raise setup_failure([n for n in nodes if n.name in failed], store)


def setup_failure(
    failed: Sequence[Node],
    store: StateStore,
    advice: str = "Correct the cause and run Create again: it replaces the machines that failed.",
) -> NodeSetupError:
    """Return the error for these nodes, with the last lines of the failed steps."""
    return NodeSetupError(_failure_text(failed, store), advice)


def _failure_text(failed: Sequence[Node], store: StateStore) -> str:
    lines = [f"the set-up failed on {len(failed)} of the nodes"]
    for node in failed[:SHOWN]:
        record = store.node_record(node.name)
        step = record.failed_step() if record else None
        lines.append(f"{node.name}: step {step.name if step else 'unknown'} failed{_mounts_of(step)}")
        if step and step.tail:
            lines += [f"    {line}" for line in step.tail.rstrip().splitlines()]
    if len(failed) > SHOWN:
        lines.append(f"and {len(failed) - SHOWN} more")
    return "\n".join(lines)


def _mounts_of(step: StepRecord | None) -> str:
    """Name the step's mounts that failed, if it has any."""
    failed = [f"{m.source} on {m.path}" for m in (step.mounts if step else ()) if m.status == "failed"]
    return f" to mount {', '.join(failed)}" if failed else ""
