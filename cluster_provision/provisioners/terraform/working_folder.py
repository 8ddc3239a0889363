"""The working folder: laid out with Terraform ready to run, the variables rendered, the modules initialised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.connection.plan_text import in_words
from cluster_provision.disk import disk_errors_named
from cluster_provision.private import Private
from cluster_provision.result import Changes
from cluster_provision.state.base import BackendStore
from cluster_provision.state.files import SAMPLES, SOURCE, pack_files
from cluster_provision.state.identity import RUN_VARIABLE
from cluster_provision.state.price import kept_price
from cluster_provision.targets.base import Copied
from cluster_provision.terraform.binary import find_terraform
from cluster_provision.terraform.environment import providers_from, terraform_environment, write_cli_config
from cluster_provision.terraform.log import Log
from cluster_provision.terraform.runner import Terraform
from cluster_provision.terraform.workspace import open_workspace, render

if TYPE_CHECKING:
    from cluster_provision.provisioners.terraform.session import Session
    from cluster_provision.run import Run
    from cluster_provision.state.files import Archive


def open_working_folder(session: Session, run: Run) -> None:
    """Lay out the working folder, with Terraform ready to run in it."""
    program = find_terraform(run.environ.get("PATH"))
    settings, target = run.settings, session.target
    session.providers = providers_from(settings.provider_mirror)
    locked = session.providers.locked
    session.workspace = workspace = open_workspace(settings.work_dir, target.module, locked_providers=locked)
    private = Private((*target.private_values, *(run.decided.private_values if run.decided else ())))
    session.opened_log = Log(workspace.log, private)
    with disk_errors_named():
        write_cli_config(workspace.cli_config, session.providers)
    session.terraform = Terraform(
        program,
        workspace.root,
        {**terraform_environment(run.environ, workspace.cli_config), RUN_VARIABLE: session.follow(run).identity.run},
        run.interruption,
        session.opened_log,
        private,
        lambda message, kind, done, total: _show(run, message, kind, done, total),
        target.dialect,
        session.follow(run),
    )


def _show(run: Run, message: str, kind: str, done: int, total: int) -> None:
    if run.settings.minimize_terraform_logging:
        run.progress.update("resources", done, total)
        return
    if "Still" not in message:
        run.console.say_in_detail(f"  {message}")
    run.progress.update(f"resources; {in_words(kind)}", done, total)


def pack(session: Session, run: Run) -> None:
    """Pack what the nodes fetch, the user's files and the samples: the names are part of their configuration."""
    folder = session.workspace.folder
    session.files = pack_files(SOURCE, folder)
    session.samples = pack_files(SAMPLES, folder, without="__pycache__")
    run.progress.conclude(f"{session.files.count} files" if session.files else "none")


def render_with_state(session: Session, run: Run) -> None:
    """Render the variables, and the backend where the state lies."""
    assert isinstance(run.store, BackendStore)  # noqa: S101 - every cloud's is
    _render(session, run, run.store.backend())


def render_without_state(session: Session, run: Run) -> None:
    """Render the variables alone: what follows works without a state."""
    _render(session, run, None)


def render_for_plan(session: Session, run: Run) -> None:
    """Render with the state where there is one; else against an empty one in the working folder."""
    (render_with_state if run.facts.exists else render_without_state)(session, run)


def render_for_debug(session: Session, run: Run) -> None:
    """Render with the backend where its bucket exists: Terraform can't be set up on one that doesn't."""
    (render_with_state if run.store.exists() else render_without_state)(session, run)


def _render(session: Session, run: Run, backend: tuple[str, dict[str, str]] | None) -> None:
    target = session.target
    decided = run.decided if run.decided is not None else target.undecided(run.store)
    copied = Copied(_object(run, session.files), _object(run, session.samples))
    render(session.workspace, backend, target.variables(decided, run.store, copied))
    run.progress.conclude(str(session.workspace.root))


def _object(run: Run, archive: Archive | None) -> str:
    return f"{run.store.deployment}/{archive.name}" if archive else ""


def initialise(session: Session, run: Run) -> None:
    """terraform init."""
    session.terraform.init(locked_providers=session.providers.locked)


def initialise_without_state(session: Session, run: Run) -> None:
    """terraform init without a backend."""
    session.terraform.init(backend=False, locked_providers=session.providers.locked)


def check(session: Session, run: Run) -> None:
    """terraform validate."""
    session.terraform.validate()


def foresee_removal(session: Session, run: Run) -> None:
    """terraform plan of a destroy, less what the settings keep."""
    kept = session.target.kept(run.facts, lambda _: None)
    session.terraform.plan(refresh=not run.facts.unfinished, destroy=True)
    run.result.plan = tuple(each for each in session.terraform.changes if each.name not in kept)
    run.result.changes = Changes(destroy=len(run.result.plan))
    run.result.price = kept_price(run.store)
    run.progress.conclude(run.result.changes.text())


def compare(session: Session, run: Run) -> None:
    """terraform plan. Plan does not wait for what a stopped run left under way."""
    if run.facts.unfinished:
        run.console.say("Note: an earlier run was stopped in the middle: Plan goes by what it knew of the cluster")
    run.result.changes = session.terraform.plan(refresh=not run.facts.unfinished)
    run.result.plan = session.terraform.changes
    run.progress.conclude(run.result.changes.text())
