"""Nodes that are made and removed by name: what slurm-nodes on the controller does (docs/slurm-clouds.md)."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from cluster_provision.clouds.base import NotFound
from cluster_provision.errors import CapacityError, CommandFailed, NotReady, PriceError, QuotaError
from cluster_provision.orchestrators.slurm.controller import Controller
from cluster_provision.settings.readers.slurm.hostlist import fold_hostlist

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cluster_provision.errors import ProvisionError

PROGRAM = "/usr/local/sbin/slurm-nodes"
CLASSES: dict[int, type[ProvisionError]] = {each.exit_code: each for each in (QuotaError, CapacityError, PriceError)}
"""The program ends with the tool's own exit codes."""


@runtime_checkable
class PoweredController(Controller, Protocol):
    """A controller whose nodes come and go."""

    @property
    def login_names(self) -> tuple[str, ...]:
        """The login nodes, which start and stop by their names too."""

    def start(self, logins: Sequence[str]) -> str:
        """Start these login nodes; returns once the cloud has taken it, with what changes for users in words."""

    def stop(self, logins: Sequence[str]) -> str:
        """Stop these login nodes, whose disks stay; returns the same."""


def resume(controller: PoweredController, names: Sequence[str]) -> str:
    """Have these nodes made, and these login nodes started; returns what was begun. It goes on by itself."""
    nodes, logins = _apart(controller, names)
    told = [_asked(controller, "resume", nodes)] if nodes else []
    if logins:
        with _missing_named(logins):
            following = controller.start(logins)
        told.append(f"{fold_hostlist(logins)} starts{following}")
    return "\n".join(told)


def suspend(controller: PoweredController, names: Sequence[str], *, force: bool = False) -> str:
    """Have these nodes removed once their jobs have ended, and these login nodes stopped; returns what was begun.

    `force` ends the jobs, and removes the nodes at once.
    """
    nodes, logins = _apart(controller, names)
    told = [_asked(controller, "suspend", nodes, *(("--force",) if force else ()))] if nodes else []
    if logins:
        with _missing_named(logins):
            following = controller.stop(logins)
        told.append(f"{fold_hostlist(logins)} stops{following}")
    return "\n".join(told)


@contextlib.contextmanager
def _missing_named(logins: Sequence[str]) -> Iterator[None]:
    """Raises NotReady where the cloud knows one of these machines no more."""
    try:
        yield
    except NotFound as missing:
        raise NotReady(f"{fold_hostlist(logins)}: {missing}", "Create makes login nodes that are gone.") from missing


def _apart(controller: PoweredController, names: Sequence[str]) -> tuple[list[str], list[str]]:
    logins = [name for name in names if name in controller.login_names]
    return [name for name in names if name not in logins], logins


def _asked(controller: Controller, what: str, nodes: Sequence[str], *options: str) -> str:
    ended = controller.on_controller((PROGRAM, what, *options, fold_hostlist(nodes)))
    said = (ended.stdout if ended.exit_code == 0 else ended.stderr or ended.stdout).decode(errors="replace").strip()
    if ended.exit_code == 0:
        return said or f"{fold_hostlist(nodes)}: {what} has begun"
    failure = CLASSES.get(ended.exit_code or 0, CommandFailed)
    raise failure(said or f"{PROGRAM} {what} ended with {ended.exit_code}", "Status shows how Slurm has its nodes.")
