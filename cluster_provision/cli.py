"""The command line: an action, the environment, an exit code."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from cluster_provision import __version__
from cluster_provision.errors import MachineError, ProvisionError, SettingsError, UnexpectedError, exit_code_of
from cluster_provision.outward import authorities_named, require_way_out
from cluster_provision.streams import end_quietly, lead_nowhere, read_by_somebody, unwritten
from cluster_provision.usage import HELP, PROGRAM

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping

    from cluster_provision.console import Console
    from cluster_provision.interruption import Interruption
    from cluster_provision.result import Result
    from cluster_provision.run import Reach
    from cluster_provision.settings import Loaded

HELP_OPTIONS = ["-h", "--help"]
GUIDES = ("docs", "init")
"""What needs no settings."""


@click.command(help=HELP, context_settings={"help_option_names": HELP_OPTIONS, "allow_interspersed_args": False})
@click.argument("action", required=False)
@click.argument("arguments", nargs=-1)
@click.version_option(__version__)
@click.pass_context
def main(context: click.Context, action: str | None, arguments: tuple[str, ...]) -> None:
    """Run one action and exit with its code. What follows the action is its own, options too: `Run nvidia-smi -L`."""
    take_env_file(os.environ)
    if list(arguments) in ([option] for option in HELP_OPTIONS):
        click.echo(context.get_help())
        return
    named = (action or os.environ.get("ACTION", "")).strip()
    if named.casefold() in GUIDES:
        click.echo(_guide(named.casefold(), " ".join(arguments)))
        return
    if not named and not _as_json():
        click.echo(context.get_help(), err=True)
        sys.exit(SettingsError.exit_code)
    sys.exit(run_action(action, " ".join(arguments) or None))


def take_env_file(environ: MutableMapping[str, str]) -> None:
    """Take the lines of the file that ENV_FILE names, where the environment doesn't set the same. Raises
    SettingsError with every line that Docker would refuse."""
    if place := environ.get("ENV_FILE", "").strip():
        from cluster_provision.settings.env_file import read_env_file

        for name, value in read_env_file(Path(place), environ).items():
            environ.setdefault(name, value)


def _guide(name: str, argument: str) -> str:
    from cluster_provision.documents.env_files import env_file
    from cluster_provision.documents.pages import page

    return page(argument) if name == "docs" else env_file(argument)


def _as_json() -> bool:
    return os.environ.get("OUTPUT", "").strip().lower() == "json"


def run() -> None:
    """`main`, with an exit code of its own where what it shows by itself, such as help, can't be written."""
    try:
        try:
            main(prog_name=PROGRAM, standalone_mode=False)
        except click.UsageError as failure:
            raise SettingsError((failure.format_message(),), "`--help` shows how the tool is called.", "") from failure
        finally:
            if sys.stdout is not None:
                with read_by_somebody(sys.stdout):
                    sys.stdout.flush()
            elif {*HELP_OPTIONS, "--version"}.intersection(sys.argv[1:]):
                raise unwritten()
    except OSError as failure:
        _end(MachineError(f"the output can't be written: {failure.strerror}"))
    except ProvisionError as failure:
        _end(failure)


def _end(failure: ProvisionError) -> NoReturn:
    from cluster_provision.console import Console
    from cluster_provision.result import Result

    _say_failure(Console(), failure)
    if _as_json():
        with contextlib.suppress(OSError, ProvisionError):
            Shown(Result("", error=failure), as_json=True).at_the_end()
    for stream in (sys.stdout, sys.stderr):
        lead_nowhere(stream)
    sys.exit(exit_code_of(failure))


def run_action(action: str | None, argument: str | None = None) -> int:
    """Carry out the action that the command line or the environment names; returns the exit code."""
    from cluster_provision.console import Console
    from cluster_provision.interruption import Interruption
    from cluster_provision.result import Result

    console = Console()
    result = Result("")
    shown = Shown(result, as_json=_as_json())
    follower: tuple[str, ...] = ()
    try:
        with Interruption(console.say_at_once).handled() as interruption:
            follower = _guarded((action, argument), console, result, shown, interruption)
    except ProvisionError as failure:
        result.error = failure
    if result.error:
        _say_failure(console, result.error)
    try:
        shown.at_the_end()
    except ProvisionError as unshown:
        if not result.error:
            result.error = unshown
            _say_failure(console, unshown)
    for stream in (sys.stdout, sys.stderr):
        end_quietly(stream)
    if follower:
        os.execvp(follower[0], follower)  # noqa: S606 - the command that Connect shows
    return exit_code_of(result.error) if result.error else 0


class Shown:
    """The result on stdout: the action's text, or with OUTPUT=json one object, once. Raises Interrupted where nobody
    reads it, and MachineError where the disk is full."""

    def __init__(self, result: Result, *, as_json: bool) -> None:
        self._result = result
        self._as_json = as_json
        self._done = False

    def __call__(self, text: str) -> None:
        """Show `text`, or with OUTPUT=json the result as it is now."""
        if self._as_json:
            self.at_the_end()
        elif text:
            self._print(text)

    def at_the_end(self) -> None:
        """Show the JSON object, unless it was shown before."""
        if self._as_json and not self._done:
            self._done = True
            self._print(json.dumps(self._result.to_json()))

    @staticmethod
    def _print(text: str) -> None:
        if sys.stdout is None:
            raise unwritten()
        with read_by_somebody(sys.stdout):
            click.echo(text)


def _guarded(
    arguments: tuple[str | None, str | None], console: Console, result: Result, shown: Shown, interruption: Interruption
) -> tuple[str, ...]:
    """Carry the action out; returns the program to hand over to. A defect becomes a ProvisionError with a log."""
    try:
        from cluster_provision.settings import action_named, load

        result.action = action_named(os.environ, arguments[0]) or ""
        loaded = load(os.environ, *arguments)
        for note in loaded.notes:
            console.say(note if note.startswith("Warning: ") else f"Note: {note}")
        return _act(loaded, console, result, shown, interruption)
    except ProvisionError:
        raise
    except Exception as failure:
        raise _unexpected(failure) from failure


def _act(loaded: Loaded, console: Console, result: Result, shown: Shown, interruption: Interruption) -> tuple[str, ...]:
    result.action = loaded.action
    console.verbose = loaded.settings.verbose
    os.umask(0o077)  # what is rendered and planned holds the user's values
    authorities = authorities_named(os.environ)
    _trust_alike(os.environ)
    with _rehearsal(loaded, console, result) as (settled, reach):
        require_way_out(os.environ, authorities)
        # imported once the environment is settled: Google's libraries read it when they are loaded
        from cluster_provision.actions import action_of
        from cluster_provision.actions.run_report.write import reported
        from cluster_provision.connection.advice import fill_in
        from cluster_provision.provisioners import provisioner_of
        from cluster_provision.run import Run
        from cluster_provision.targets import target_of

        gc.freeze()
        gc.enable()

        action = action_of(settled.action)
        target = target_of(settled.settings)
        run = Run(settled.argument, target, provisioner_of(target), console, interruption, result, shown, reach)
        keep = True
        try:
            with reported(run):
                try:
                    text = action(run)
                    keep = settled.action == "debug"
                    shown(text)  # before anything else can go wrong: it may hold a key that nobody else has
                except ProvisionError as failure:
                    fill_in(failure, settled.settings, target.place)
                    raise
        finally:
            run.close(keep_folder=keep)
    # no gcloud reaches a machine that is made up
    return run.hand_over_to if reach is None and loaded.settings.output == "text" else ()


@contextlib.contextmanager
def _rehearsal(loaded: Loaded, console: Console, result: Result) -> Iterator[tuple[Loaded, Reach | None]]:
    """The one place that knows of rehearsals: within it, the environment leads to the embedded cloud.

    Gives the settings to run with, and what can be reached of a cluster in an embedded cloud; None for a real one.
    """
    mode = loaded.settings.rehearse
    if mode == "no":
        yield loaded, None
        return
    from cluster_provision.rehearsal import rehearse
    from cluster_provision.settings import load

    result.rehearsal = True
    with rehearse(mode, loaded.settings.rehearse_dir, os.environ, console.say) as reach:
        yield load(os.environ, loaded.action, loaded.argument), reach


def _trust_alike(environ: MutableMapping[str, str]) -> None:
    """Set both SSL_CERT_FILE, for Terraform, and REQUESTS_CA_BUNDLE, for requests, where one of them is set."""
    given = environ.get("SSL_CERT_FILE") or environ.get("REQUESTS_CA_BUNDLE")
    if given:
        environ.setdefault("SSL_CERT_FILE", given)
        environ.setdefault("REQUESTS_CA_BUNDLE", given)


def _say_failure(console: Console, failure: ProvisionError) -> None:
    from cluster_provision.documents.pages import how_to_read, linked
    from cluster_provision.settings.reading import printable

    base = os.environ.get("DOCS_URL", "")
    reading = how_to_read(f"{failure.message} {failure.advice}", base)
    failure.message, failure.advice = linked(failure.message, base), linked(failure.advice, base)
    for text in (f"\nError: {failure.message}", failure.advice, reading):
        if text:  # of which a part may be what somebody else has said
            console.say("\n".join("\t".join(map(printable, line.split("\t"))) for line in text.split("\n")))


def _unexpected(failure: Exception) -> UnexpectedError:
    """An error that names a log with the traceback, less private values; the log is no condition for the error."""
    from cluster_provision.private import private_in
    from cluster_provision.settings.catalogue import confidential_names

    private = private_in(os.environ, confidential_names())
    where = "no log could be written"
    with contextlib.suppress(OSError):
        descriptor, name = tempfile.mkstemp(".log", "cluster-provision-error-")
        with os.fdopen(descriptor, "w", encoding="utf-8") as log:
            log.write(private.strike("".join(traceback.format_exception(failure))))
        where = f"the log {name}"
    summary = private.strike(" ".join(str(failure).split()))[:200]
    return UnexpectedError(
        f"unexpected failure, {type(failure).__name__}: {summary}",
        f"This is a defect of the tool: please report it with {where}. Nothing that was made is lost.",
    )
