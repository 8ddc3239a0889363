"""The steps that several actions share, each a function of the run."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cluster_provision.actions.check_table import check_counts, check_lines
from cluster_provision.actions.login import wait_for_login
from cluster_provision.disk import disk_errors_named
from cluster_provision.errors import NoCredentials, StateLocked, StateStoreError
from cluster_provision.private import Private
from cluster_provision.result import Check
from cluster_provision.run import Step
from cluster_provision.state.base import StateFacts
from cluster_provision.state.files import SAMPLES, SOURCE, pack_files
from cluster_provision.targets.base import Copied
from cluster_provision.terraform.binary import find_terraform
from cluster_provision.terraform.environment import providers_from, terraform_environment, write_cli_config
from cluster_provision.terraform.log import Log
from cluster_provision.terraform.runner import Terraform
from cluster_provision.terraform.workspace import open_workspace, render

if TYPE_CHECKING:
    from cluster_provision.run import Run
    from cluster_provision.state.files import Archive


def sign_in(run: Run) -> None:
    """Find credentials and account, and say who acts on what. With a terminal, wait for a login where there is none."""
    while True:
        try:
            identity, account = run.target.sign_in(run.console.say if run.console.interactive else None)
            break
        except NoCredentials as missing:
            if not run.console.interactive:
                raise
            wait_for_login(run, missing)
    run.environ.update(identity.environment)
    run.result.checks.append(Check("credentials", "ok", identity.name))
    run.progress.conclude(f"{identity.name} ({identity.source}), {account}")


def find_state(run: Run) -> None:
    """See what lies under this cluster's name, without changing anything."""
    run.store = run.target.store()
    run.result.state_uri = run.store.uri
    if not run.store.exists():
        run.facts = StateFacts()
        run.progress.conclude(f"{run.store.noun} {run.store.container} does not exist yet")
        return
    run.facts = run.store.facts()
    _refuse_foreign(run)
    run.progress.conclude(run.store.uri if run.facts.exists else f"{run.store.uri}, empty")


def _refuse_foreign(run: Run) -> None:
    if run.facts.resources and not run.facts.ours:
        raise StateStoreError(
            f"the state at {run.store.uri} was written by another tool ({run.facts.writer}); it is left alone",
            "Either destroy that cluster with the tool that made it, or give this one another place: "
            f"change NAME_PREFIX, or the folder in {run.store.setting}.",
        )


def look_at_lock(run: Run) -> None:
    """Refuse to start while somebody else holds the state's lock."""
    refuse_locked(run)
    run.progress.conclude("free")


def refuse_locked(run: Run) -> None:
    """Raises StateLocked while somebody else holds the state's lock."""
    held = run.store.lock() if run.store.exists() else None
    if held is None:
        return
    raise StateLocked(
        f"the state of {run.target.cluster.name} is locked by {held.holder}"
        f" ({held.operation or 'unknown operation'}, {_age(held.created)})",
        "Wait for that run to end. If it was killed and will never end, clear the lock and run this again:\n"
        f"  {held.clear}",
    )


def _age(created: str) -> str:
    try:
        since = datetime.now(UTC) - datetime.fromisoformat(created)
    except (ValueError, TypeError):
        return f"since {created or 'an unknown time'}"
    minutes = int(since.total_seconds() // 60)
    age = f"{minutes} minutes" if minutes < 120 else f"{minutes // 60} hours"
    return f"for {age}, since {created}"


def preflight(run: Run) -> None:
    """Look at what must be so before anything is made."""
    # What is removed first is made anew, and one must be able to.
    facts = replace(run.facts, kinds=frozenset(), named=frozenset()) if run.leaves_region else run.facts
    found = run.target.preflight(run.store, facts)
    again = {c.name for c in found.checks}
    run.result.checks = [*(c for c in run.result.checks if c.name not in again), *found.checks]
    for line in check_lines(found.checks):
        run.console.say(line)
    for note in found.notes:
        run.console.say(f"Note: {note}")
    if found.failure:
        raise found.failure
    run.progress.conclude(check_counts(found.checks))


def open_work_dir(run: Run) -> None:
    """Lay out the working folder, with Terraform ready to run in it."""
    program = find_terraform(run.environ.get("PATH"))
    settings = run.settings
    run.providers = providers_from(settings.provider_mirror)
    run.workspace = open_workspace(settings.work_dir, run.target.module, locked_providers=run.providers.locked)
    run.private = Private(run.target.private_values)
    run.log = Log(run.workspace.log, run.private)
    with disk_errors_named():
        write_cli_config(run.workspace.cli_config, run.providers)
    run.terraform = Terraform(
        program,
        run.workspace.root,
        terraform_environment(run.environ, run.workspace.cli_config),
        run.interruption,
        run.log,
        run.private,
        lambda text, done, total: _tell_terraform(run, text, done, total),
        run.target.dialect,
    )


def pack(run: Run) -> None:
    """Pack what the nodes fetch, the user's files and the samples: the names are part of their configuration."""
    run.archive = pack_files(SOURCE, run.workspace.folder)
    run.samples = pack_files(SAMPLES, run.workspace.folder, without="__pycache__")
    run.progress.conclude(f"{run.archive.count} files" if run.archive else "none")


def _tell_terraform(run: Run, text: str, done: int | None, total: int | None) -> None:
    if run.settings.minimize_terraform_logging:
        run.progress.update(f"{done} of {total} resources", done, total)
        return
    if "Still" not in text:
        run.console.say(f"  {text}")
    run.progress.update(text, done, total)


def render_with_state(run: Run) -> None:
    """Render the variables, and the backend where the state lies."""
    _render(run, run.store.backend())


def render_without_state(run: Run) -> None:
    """Render the variables alone: what follows works without a state."""
    _render(run, None)


def _render(run: Run, backend: tuple[str, dict[str, str]] | None) -> None:
    copied = Copied(_object(run, run.archive), _object(run, run.samples))
    render(run.workspace, backend, run.target.variables(run.store, copied))
    run.progress.conclude(str(run.workspace.root))


def _object(run: Run, archive: Archive | None) -> str:
    return f"{run.store.deployment}/{archive.name}" if archive else ""


def initialise(run: Run) -> None:
    """terraform init."""
    run.terraform.init(locked_providers=run.providers.locked)


SIGN_IN = Step("credentials", sign_in)
FIND_STATE = Step("state", find_state)
LOCK = Step("state lock", look_at_lock)
PREFLIGHT = Step("preflight", preflight, each_zone=True)
WORK_DIR = Step("working folder", open_work_dir)
PACK = Step("files", pack)
RENDER = Step("render", render_with_state, each_zone=True)
INIT = Step("terraform init", initialise)
