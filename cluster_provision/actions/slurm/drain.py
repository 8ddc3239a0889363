"""Drain and Undrain: nodes of a Slurm cluster taken out for a while, and put back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.actions.slurm.require_cluster import require_cluster
from cluster_provision.actions.steps import FIND_STATE, SIGN_IN
from cluster_provision.errors import SettingsError
from cluster_provision.orchestrators.slurm.controller import Controller
from cluster_provision.orchestrators.slurm.drain import drain, undrain
from cluster_provision.run import Step, perform
from cluster_provision.settings.readers.slurm.hostlist import expand_hostlist, fold_hostlist
from cluster_provision.settings.reading import BadValue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.run import Run

    Do = Callable[[Controller, Sequence[str]], str]


NAMES = "Name nodes as Slurm lists them, such as {}."


def drain_nodes(run: Run) -> str:
    """Take the nodes that the argument lists out of the cluster."""
    return _each(run, "Drain", drain)


def undrain_nodes(run: Run) -> str:
    """Put the nodes that the argument lists back into the cluster."""
    return _each(run, "Undrain", undrain)


def _each(run: Run, title: str, do: Do) -> str:
    controller = run.target
    if not isinstance(controller, Controller):
        raise SettingsError(
            (f"{title} is for Slurm clusters, and this cluster has none",),
            "docs/slurm.md says how to make one.",
            where="",
        )
    nodes = listed(run.argument, title, controller.slurm_nodes)
    told: list[str] = []
    perform(run, (SIGN_IN, FIND_STATE, *run.provisioner.find, Step("nodes", partial(_do, do, controller, nodes, told))))
    return told[0]


def _do(do: Do, controller: Controller, nodes: Sequence[str], told: list[str], run: Run) -> None:
    require_cluster(run)
    told.append(do(controller, nodes))
    run.progress.conclude(f"{len(nodes)}")


def listed(text: str, title: str, there: Sequence[str]) -> tuple[str, ...]:
    """The nodes that the argument names, each once. Raises SettingsError for what is none, naming those there are."""
    advice = NAMES.format(fold_hostlist(there[:2]) or "dgx[01-03]")
    try:
        nodes = tuple(dict.fromkeys(expand_hostlist(text.replace(" ", ","))))
    except BadValue as failure:
        raise SettingsError(
            tuple(f"{title}: the argument {reason}" for reason in failure.reasons), advice, where=""
        ) from failure
    if not nodes:
        raise SettingsError((f"{title}: the argument names no node",), advice, where="")
    unknown = [name for name in nodes if name not in there]
    if unknown:
        raise SettingsError(
            (f"{title}: there is no node {fold_hostlist(unknown)}; there are {fold_hostlist(there)}",),
            advice,
            where="",
        )
    return nodes
