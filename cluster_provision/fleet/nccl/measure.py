"""Looks at what each machine has for the all-reduce, and runs it from the head."""

from __future__ import annotations

import asyncio
import shlex
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.fleet.command import ask, stream
from cluster_provision.fleet.connections import Connections
from cluster_provision.fleet.event_loop import run_apart
from cluster_provision.fleet.fan_out import on_each
from cluster_provision.fleet.lines import Lines

if TYPE_CHECKING:
    from collections.abc import Callable

    from asyncssh import SSHClientConnection

    from cluster_provision.fleet.connections import Limits
    from cluster_provision.fleet.fan_out import Outcome
    from cluster_provision.fleet.model import Fleet, Host
    from cluster_provision.fleet.nccl.output import Output
    from cluster_provision.fleet.nccl.plan import RunPlan

HUNG = 124
"""The exit code of timeout(1) for a command that it had to stop."""
KILLED = 137
"""Its exit code for a command that wouldn't stop; any other killed command has it too."""
PROBE = (
    "timeout 60 nvidia-smi -L 2>/dev/null | grep -c '^GPU '; [ -r {topology} ] && echo topology; "
    "for each in {plugin}; do [ -d $each/lib64 ] && echo plugin; done; true"
)
GRACE = 60.0
"""Seconds that the head gets to stop a hung run itself."""


@dataclass(frozen=True)
class Visible:
    """What a machine has: the number of GPUs that its driver shows, and whether NCCL's topology file and its plugin for
    the network exist."""

    gpus: int
    topology: bool
    plugin: bool


@dataclass(frozen=True)
class Measured:
    """A run that ended: its exit code, HUNG if it was stopped, and its output."""

    exit_code: int
    output: Output


def look_at_gpus(
    fleet: Fleet, plan: RunPlan, ended: Callable[[int, int], None], limits: Limits | None = None
) -> list[Outcome[Visible]]:
    """Return what each machine has of what the plan uses. Raises the error that keeps the head from being reached."""
    return run_apart(_look(fleet, plan, ended, limits))


def measure(
    fleet: Fleet,
    plan: RunPlan,
    ranks_each: int,
    tell: Callable[[str], None],
    output: Output,
    *,
    topology: bool,
    limits: Limits | None = None,
) -> Measured:
    """Run it with so many ranks on each machine; `tell` hears how far it is, and `output` is given what it prints.

    Raises what keeps the head from being reached, and Unreachable where the connection to it ends; `output` has what
    was printed until then.
    """
    script = plan.script(ranks_each, len(fleet.hosts), topology=topology)
    return run_apart(_measure(fleet, script, plan.limit, tell, output, limits))


async def _look(
    fleet: Fleet, plan: RunPlan, ended: Callable[[int, int], None], limits: Limits | None
) -> list[Outcome[Visible]]:
    folders = shlex.join(plan.plugin.folders) if plan.plugin is not None else ""
    command = PROBE.format(topology=shlex.quote(plan.topology or "/nowhere"), plugin=folders)
    async with Connections(fleet, limits) as connections:
        return await on_each(connections, fleet.hosts, partial(_look_at, command), ended)


async def _look_at(command: str, connection: SSHClientConnection, host: Host) -> Visible:
    gpus, *more = (await ask(connection, command)).required(host.name).split()
    return Visible(int(gpus), "topology" in more, "plugin" in more)


async def _measure(
    fleet: Fleet, script: str, limit: float, tell: Callable[[str], None], output: Output, limits: Limits | None
) -> Measured:
    lines, errors = Lines(), Lines()

    async def take(own: Lines, data: bytes) -> None:
        for line in own.feed(data):
            output.feed(line.decode(errors="replace"))
        if output.rows:
            tell(f"{len(output.rows)} rows")

    addresses = "".join(f"{host.address}\n" for host in fleet.hosts).encode()
    command = shlex.join(["bash", "-c", script])
    async with Connections(fleet, limits) as connections, connections.to(fleet.head) as head:
        started = asyncio.get_running_loop().time()
        try:
            exit_code = await asyncio.wait_for(
                stream(head, command, partial(take, lines), partial(take, errors), addresses), limit + GRACE
            )
        except TimeoutError:
            exit_code = HUNG
        if exit_code == KILLED and asyncio.get_running_loop().time() - started >= limit:
            exit_code = HUNG
    for line in (*lines.end(), *errors.end()):
        output.feed(line.decode(errors="replace"))
    return Measured(exit_code, output)
