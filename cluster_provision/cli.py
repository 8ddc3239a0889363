"""The command line: an action, the environment, an exit code."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
import tempfile
import traceback
from typing import TYPE_CHECKING

import click

from cluster_provision import __version__
from cluster_provision.errors import ProvisionError, UnexpectedError, exit_code_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, MutableMapping

    from cluster_provision.console import Console
    from cluster_provision.result import Result
    from cluster_provision.settings import Loaded

HELP = """One env file in, a proven GPU cluster out, and gone again without a trace.

\b
ACTION (or the variable ACTION) is one of:
  Create    make the cluster, wait until it really works, print how to connect
  Destroy   remove everything, and prove it
  Plan      say what Create would change
  Validate  check everything that can be checked without changing anything
  Debug     prepare everything, then stay for a look around

All settings come from the environment; docs/parameters.md describes each.
Exit codes: docs/exit-codes.md.
"""


@click.command(help=HELP, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("action", required=False)
@click.version_option(__version__)
def main(action: str | None) -> None:
    """Run one action and exit with its code."""
    sys.exit(run_action(action))


def run_action(argument: str | None) -> int:
    """Carry out the action that the argument or the environment names; returns the exit code."""
    from cluster_provision.console import Console
    from cluster_provision.result import Result

    console = Console()
    wants_json = os.environ.get("OUTPUT", "").strip().lower() == "json"
    result = Result((argument or os.environ.get("ACTION", "")).lower())
    try:
        _guarded(argument, console, result, show=(lambda _: None) if wants_json else click.echo)
    except ProvisionError as failure:
        result.error = failure
        _say_failure(console, failure)
    if wants_json:
        click.echo(json.dumps(result.to_json()))
    return exit_code_of(result.error) if result.error else 0


def _guarded(argument: str | None, console: Console, result: Result, show: Callable[[str], object]) -> None:
    """Carry the action out and `show` its text; whatever is no ProvisionError becomes an UnexpectedError with a log."""
    try:
        from cluster_provision.settings import load

        loaded = load(os.environ, argument)
        for note in loaded.notes:
            console.say(f"Note: {note}")
        _act(loaded, console, result, show)
    except ProvisionError:
        raise
    except Exception as failure:
        raise _unexpected(failure) from failure


def _act(loaded: Loaded, console: Console, result: Result, show: Callable[[str], object]) -> None:
    from cluster_provision.interruption import Interruption

    result.action = loaded.action
    os.umask(0o077)  # what is rendered and planned holds the user's values
    _trust_alike(os.environ)
    with Interruption(console.say_at_once).handled() as interruption, _rehearsal(loaded, console, result) as settled:
        # imported once the environment is settled: Google's libraries read it when they are loaded
        from cluster_provision.actions import ACTIONS
        from cluster_provision.actions.run import Run
        from cluster_provision.targets import target_of

        gc.freeze()
        gc.enable()

        run = Run(settled, target_of(settled.settings), console, interruption, result)
        keep = True
        try:
            show(ACTIONS[settled.action](run))
            keep = settled.action == "debug"
        finally:
            run.close(keep_workspace=keep)


@contextlib.contextmanager
def _rehearsal(loaded: Loaded, console: Console, result: Result) -> Iterator[Loaded]:
    """The one place that knows of rehearsals: within it, the environment leads to the embedded cloud."""
    mode = loaded.settings.rehearse
    if mode == "no":
        yield loaded
        return
    from cluster_provision.rehearsal import rehearse
    from cluster_provision.settings import load

    result.rehearsal = True
    with rehearse(mode, loaded.settings.rehearse_dir, os.environ, console.say):
        yield load(os.environ, loaded.action)


def _trust_alike(environ: MutableMapping[str, str]) -> None:
    """Terraform reads SSL_CERT_FILE, requests REQUESTS_CA_BUNDLE: whoever sets one of them means both."""
    given = environ.get("SSL_CERT_FILE") or environ.get("REQUESTS_CA_BUNDLE")
    if given:
        environ.setdefault("SSL_CERT_FILE", given)
        environ.setdefault("REQUESTS_CA_BUNDLE", given)


def _say_failure(console: Console, failure: ProvisionError) -> None:
    console.say(f"\nError: {failure.message}")
    if failure.advice:
        console.say(failure.advice)


def _unexpected(failure: Exception) -> UnexpectedError:
    """An error that names a log with the traceback, less private values; the log is no condition for the error."""
    from cluster_provision.private import Private

    private = Private(os.environ.get(name, "") for name in ("STARTUP_COMMAND", "METADATA"))
    where = "no log could be written"
    with contextlib.suppress(OSError):
        descriptor, name = tempfile.mkstemp(".log", "cluster-provision-error-")
        with os.fdopen(descriptor, "w") as log:
            log.write(private.strike("".join(traceback.format_exception(failure))))
        where = f"the log {name}"
    summary = private.strike(" ".join(str(failure).split()))[:200]
    return UnexpectedError(
        f"unexpected failure, {type(failure).__name__}: {summary}",
        f"This is a defect of the tool: please report it with {where}. Nothing that Terraform made is lost.",
    )
