"""STARTUP_COMMAND on a cloud's Slurm cluster: it runs once, where users log in, on a cluster that is proven."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol

from cluster_provision.errors import NodeSetupError, NotReady
from cluster_provision.readiness.polling import Poll
from cluster_provision.result import Check
from cluster_provision.slurm.startup_command import ORDER_FILE, Order, Outcome, outcome_file, read_order, read_outcome
from cluster_provision.stage import Stage

if TYPE_CHECKING:
    from cluster_provision.errors import ProvisionError
    from cluster_provision.settings.common import CloudSettings
    from cluster_provision.slurm.cloud import CloudCluster
    from cluster_provision.stage import Site
    from cluster_provision.state.base import StateStore

NAME = "startup command"
LOG = "/var/log/cluster/startup-command.log"


class CommandTarget(Protocol):
    """What the stage asks of its target."""

    @property
    def settings(self) -> CloudSettings:
        """The run's settings."""

    def describe(self) -> CloudCluster:
        """The cluster as the settings have it."""


def command_stages(target: CommandTarget) -> tuple[Stage, ...]:
    """The stage, where there is a command."""
    if not target.settings.startup_command:
        return ()
    return (Stage(NAME, partial(wait_for_command, target), partial(look_at_command, target)),)


def wait_for_command(target: CommandTarget, site: Site) -> None:
    """Have the command run, unless it has run well already; wait until it has begun, or as settings say, ended.

    Raises NodeSetupError where it or one of its jobs failed, NotReady where it is not as far within READY_TIMEOUT.
    """
    settings, machine = target.settings, target.describe().command_machine
    order = _order(site.store, settings.startup_command)
    poll, seen = Poll(settings.ready_timeout * 60), None
    while poll.next():
        with poll.bearing_outages(site.progress.update):
            outcome = _outcome(site.store, order)
            if outcome is not None and outcome.status == "failed":
                raise _failure(outcome)
            if outcome is not None and outcome.status == "ok":
                site.progress.conclude(f"ended well on {outcome.machine}: {outcome.detail}")
                return
            if outcome is not None and not settings.wait_for_startup_command:
                site.progress.conclude(f"runs on {outcome.machine}, see {LOG} there")
                return
            site.progress.update(_progress(outcome, machine))
            if outcome != seen:
                poll.moved()
            seen = outcome
    raise NotReady(
        f"after {poll.elapsed / 60:.0f} minutes: {_progress(seen, machine)}",
        f"It goes on, and the cluster costs money: Create run again waits longer, READY_TIMEOUT sets how long. {LOG} "
        f"on {machine} has what the command wrote, `squeue` what its jobs wait for.",
    )


def look_at_command(target: CommandTarget, site: Site) -> ProvisionError | None:
    """Add a check of how the command has ended, or that it runs."""
    order = read_order(site.store.read(ORDER_FILE))
    outcome = _outcome(site.store, order) if order else None
    if outcome is None:
        site.result.checks.append(Check(NAME, "unknown", "it has not begun"))
        return None
    if outcome.status == "failed":
        site.result.checks.append(Check(NAME, "failed", outcome.detail))
        return _failure(outcome)
    running = "runs" if outcome.status == "running" else f"ended well: {outcome.detail}"
    site.result.checks.append(Check(NAME, "ok", f"{running} ({outcome.machine})"))
    return None


def _order(store: StateStore, command: str) -> Order:
    """The order of this command: the earlier one where that has not failed, else a new one."""
    before = read_order(store.read(ORDER_FILE))
    if before is not None and before.command == command:
        outcome = _outcome(store, before)
        if outcome is None or outcome.status != "failed":
            return before
    order = Order(datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ"), command)
    store.write(ORDER_FILE, order.text())
    return order


def _outcome(store: StateStore, order: Order) -> Outcome | None:
    return read_outcome(store.read(outcome_file(order.name)))


def _progress(outcome: Outcome | None, machine: str) -> str:
    return f"{machine} has not begun it yet" if outcome is None else f"{outcome.machine}: it or its jobs still run"


def _failure(outcome: Outcome) -> NodeSetupError:
    tail = "".join(f"\n    {line}" for line in outcome.tail.splitlines())
    return NodeSetupError(
        f"STARTUP_COMMAND failed on {outcome.machine}: {outcome.detail}{tail}",
        f"{LOG} there has all that it wrote. Correct the cause and run Create again: it runs the command again.",
    )
