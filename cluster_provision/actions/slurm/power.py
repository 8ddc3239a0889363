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

FORCE = "--force"
CONTROLLER_ADVICE = (
    "Create starts one that was stopped by other means. Destroy ends all that it costs, and with DELETE_FILE_SHARES=no "
    "keeps the disk with homes and accounting, which the next Create takes again."
)


def resume_nodes(run: Run) -> str:
    """Make the nodes that the argument lists."""
    return _each(run, "Resume", run.argument, resume)


def suspend_nodes(run: Run) -> str:
    """Remove the nodes that the argument lists, once their jobs have ended; with --force at once."""
    words = run.argument.split()
    nodes = " ".join(word for word in words if word != FORCE)
    return _each(run, "Suspend", nodes, partial(suspend, force=FORCE in words))


def _each(run: Run, title: str, argument: str, do: Do) -> str:
    controller = run.target
    if not isinstance(controller, PoweredController):
        raise SettingsError(
            (f"{title} is for Slurm clusters on a cloud: the machines of this cluster don't come and go by name",),
            "docs/slurm-clouds.md says how to make one.",
            where="",
        )
    standing = controller.controller_name
    if standing in argument.replace(",", " ").split():
        raise SettingsError(
            (f"{title}: {standing} is the controller, which is always on: the queue and homes are on it",),
            CONTROLLER_ADVICE,
            where="",
        )
    names = listed(argument, title, (*controller.slurm_nodes, *controller.login_names))
    told: list[str] = []
    perform(run, (SIGN_IN, FIND_STATE, *run.provisioner.find, Step("nodes", partial(_do, do, controller, names, told))))
    return told[0]


def _do(do: Do, controller: PoweredController, names: Sequence[str], told: list[str], run: Run) -> None:
    require_cluster(run)
    told.append(do(controller, names))
    run.progress.conclude(f"{len(names)}")
