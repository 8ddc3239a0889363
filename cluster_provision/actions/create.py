"""Create: from an env file to a cluster that is proven to work. Run again, it goes on from where it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.actions.artefacts import upload_artefacts, uploaded_when_it_fails
from cluster_provision.actions.run import Step, perform
from cluster_provision.actions.steps import (
    FIND_STATE,
    INIT,
    LOCK,
    PACK,
    PREFLIGHT,
    SIGN_IN,
    WORK_DIR,
    render_with_state,
)
from cluster_provision.connection.text import connection_text
from cluster_provision.readiness.jupyter import wait_for_notebooks
from cluster_provision.readiness.nodes import Wanted, require_none_failed, wait_for_nodes
from cluster_provision.readiness.polling import Poll
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.actions.run import Run


def create(run: Run) -> str:
    """Make the cluster and prove it; returns the text that tells how to connect."""
    with uploaded_when_it_fails(run):
        perform(run, STEPS)
    upload_artefacts(run)
    return connection_text(run.result)


def prepare_store(run: Run) -> None:
    """Make the state bucket where it is missing, and mark the place as this tool's."""
    made = run.store.prepare()
    if not run.facts.ours:
        run.store.claim(run.target.cluster.label)
    run.progress.conclude(f"created bucket {run.store.container}" if made else run.store.container)


def upload_files(run: Run) -> None:
    """Put the user's files where the nodes fetch them."""
    if run.archive is None:
        run.progress.conclude("nothing")
        return
    if not run.store.has(run.archive.name):
        run.store.upload(run.archive.name, run.archive.path)
    run.progress.conclude(f"{run.archive.count} files")


def apply(run: Run) -> None:
    """Have Terraform find out what is to be done, and do it."""
    try:
        done = run.terraform.apply()
    finally:
        run.result.changes = run.terraform.planned
    run.progress.conclude(f"{done.add} added, {done.change} changed, {done.destroy} destroyed")


def renew_failed_nodes(run: Run) -> None:
    """Have the machines that failed in an earlier run made anew: this one is to correct what failed them."""
    records = run.store.node_summaries()
    failed = {s.name: s.instance_id for s in records if s.status == "failed"}
    machines = [m for m in run.target.machines() if failed.get(m.name) == m.instance_id] if failed else []
    if not (run.facts.resources and machines):
        run.progress.conclude("none from an earlier run")
    else:
        run.store.forget_nodes({s.name for s in records} - {m.name for m in machines})
        run.target.renew(machines)
        run.progress.conclude(f"{', '.join(m.name for m in machines)} made anew")


def wait_until_started(run: Run) -> None:
    """Wait for the nodes' own word."""
    settings = run.settings
    run.result.nodes = wait_for_nodes(
        Wanted(run.target.expected_nodes, command_ended=settings.wait_for_startup_command),
        run.target.machines,
        run.store,
        Poll(settings.ready_timeout * 60),
        run.progress.update,
    )
    run.store.forget_nodes({n.name for n in run.result.nodes})
    run.progress.conclude(f"{len(run.result.nodes)} ready")


def wait_until_notebooks_answer(run: Run) -> None:
    """Wait for the notebooks, unless the user does without."""
    settings = run.settings
    run.result.connection = run.target.connection(run.result.nodes)
    if not (settings.show_proxy_url and settings.enable_notebook):
        run.progress.conclude("not asked for")
        return
    found = wait_for_notebooks(
        run.result.nodes, run.target.machines, run.store, settings.jupyter_timeout * 60, run.progress.update
    )
    run.result.nodes = found.nodes
    if found.tunnelled:
        tunnels = {n.name: run.target.tunnel(n) for n in found.nodes if n.name in found.tunnelled}
        run.result.connection["jupyter_tunnel"] = tunnels
    proven = len(found.nodes) - len(found.without)
    run.progress.conclude(f"{proven} answer" + (f", {len(found.without)} nodes have none" if found.without else ""))


def look_once_more(run: Run) -> None:
    """A command that failed since, and machines that still run with earlier settings, are not kept quiet."""
    require_none_failed(run.store, run.result.nodes)
    outdated = run.target.outdated(run.target.machines())
    if outdated:
        names = ", ".join(m.name for m in outdated)
        run.console.say(
            f"Note: these machines were made before the settings changed, and go on as they are: {names}\n"
            f"  To have them made anew: {run.target.renewal(outdated)}"
        )
        run.result.checks.append(Check("machines up to date", "failed", names))


STEPS = (
    SIGN_IN,
    FIND_STATE,
    LOCK,
    PREFLIGHT,
    WORK_DIR,
    PACK,
    Step("state store", prepare_store),
    Step("upload", upload_files),
    Step("render", render_with_state),
    INIT,
    Step("terraform apply", apply),
    Step("failed nodes", renew_failed_nodes),
    Step("nodes", wait_until_started),
    Step("notebooks", wait_until_notebooks_answer),
    Step("last look", look_once_more),
)
