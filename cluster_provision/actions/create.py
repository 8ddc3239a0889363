"""Create: from an env file to a cluster that is proven to work. Run again, it goes on from where it was."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cluster_provision.actions.artefacts import upload_artefacts, uploaded_when_it_fails
from cluster_provision.actions.cleanup import destroyed_at_the_end, stay
from cluster_provision.actions.private_key import key_shown_when_it_fails
from cluster_provision.actions.results.bring_home import results_brought_home
from cluster_provision.actions.results.text import results_text
from cluster_provision.actions.run_report.facts import note_cluster, note_set_up
from cluster_provision.actions.steps import LOCK, OPEN_STATE, PREFLIGHT_TO_MAKE, SIGN_IN
from cluster_provision.actions.terminal.confirm import CONFIRM_CREATE, confirmed, require_somebody
from cluster_provision.actions.terminal.interrupted import what_stays_is_told
from cluster_provision.connection.next_commands import next_commands
from cluster_provision.connection.text import connection_text
from cluster_provision.result import Connection
from cluster_provision.run import Step, perform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cluster_provision.run import Run
    from cluster_provision.stage import Site


def create(run: Run) -> str:
    """Make the cluster and prove it; returns the text that tells how to connect, or what a command left that is over
    with its cluster."""
    require_somebody(run)
    with destroyed_at_the_end(run):
        with (
            what_stays_is_told(run),
            uploaded_when_it_fails(run),
            key_shown_when_it_fails(run),
            results_brought_home(run),
        ):
            perform(run, (SIGN_IN, OPEN_STATE, LOCK, *run.provisioner.choose))
            run.provisioner.attempt(run, lambda: make_and_prove(run))
            note_cluster(run)
            note_set_up(run)
            upload_artefacts(run)
        if not run.settings.cleanup_on_exit:
            return "\n\n".join(text for text in (results_text(run.result.outputs), _text(run, _following(run))) if text)
        if not run.settings.ends_with_command:
            run.show(_text(run))
            stay(run)
            return ""
    run.result.connection = Connection()
    gone = f"Cluster {run.target.cluster.name} is gone, as CLEANUP_ON_EXIT=yes asks for; its startup command went well."
    return "\n".join(text for text in (results_text(run.result.outputs), gone) if text)


def _text(run: Run, following: Sequence[str] = ()) -> str:
    how = run.provisioner
    return connection_text(run.reach.result(run.result), following, state_title=how.state_title)


def _following(run: Run) -> tuple[str, ...]:
    """The commands that can follow, with what each is for."""
    price = f": {run.result.price.text()}" if run.result.price else ""
    purposes = {"Connect": "get to a node", "Status": "look at it again", "Destroy": f"{run.provisioner.ends}{price}"}
    return next_commands({action: purposes[action] for action in run.reach.actions()})


def make_and_prove(run: Run) -> Iterator[Step]:
    """The steps in one place. Which stages follow may depend on what preflight has decided."""
    yield PREFLIGHT_TO_MAKE
    yield from confirmed(run, run.provisioner.compare, CONFIRM_CREATE)
    yield from run.provisioner.make
    for stage in run.target.stages(run.decided):
        if stage.wait is not None:
            yield Step(stage.name, partial(_at_the_site, stage.wait), each_place=True, folded=stage.folded)


def _at_the_site(wait: Callable[[Site], None], run: Run) -> None:
    wait(run.site)
