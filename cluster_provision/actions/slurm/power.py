"""Resume and Suspend: nodes of a Slurm cluster on a cloud that are made and removed by name, login nodes too."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.actions.slurm.drain import listed
from cluster_provision.actions.slurm.require_cluster import require_cluster
from cluster_provision.actions.steps import FIND_STATE, SIGN_IN
from cluster_provision.errors import SettingsError
from cluster_provision.orchestrators.slurm.power import PoweredController, resume, suspend
from cluster_provision.run import Step, perform

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cluster_provision.run import Run

    Do = Callable[[PoweredController, Sequence[str]], str]


def resume_nodes(run: Run) -> str:
    """Make the nodes that the argument lists."""
    return _each(run, "Resume", resume)


def suspend_nodes(run: Run) -> str:
    """Remove the nodes that the argument lists, once their jobs have ended."""
    return _each(run, "Suspend", suspend)


def _each(run: Run, title: str, do: Do) -> str:
    controller = run.target
    if not isinstance(controller, PoweredController):
        raise SettingsError(
            (f"{title} is for Slurm clusters on a cloud: the machines of this cluster don't come and go by name",),
            "docs/slurm-clouds.md says how to make one.",
            where="",
        )
    names = listed(run.argument, title, (*controller.slurm_nodes, *controller.login_names))
    told: list[str] = []
    perform(run, (SIGN_IN, FIND_STATE, *run.provisioner.find, Step("nodes", partial(_do, do, controller, names, told))))
    return told[0]


def _do(do: Do, controller: PoweredController, names: Sequence[str], told: list[str], run: Run) -> None:
    require_cluster(run)
    told.append(do(controller, names))
    run.progress.conclude(f"{len(names)}")
