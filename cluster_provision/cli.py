"""The command line: an action, the environment, an exit code."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
import tempfile
import traceback
from typing import TYPE_CHECKING, NoReturn

import click

from cluster_provision import __version__
from cluster_provision.errors import MachineError, ProvisionError, UnexpectedError, exit_code_of
from cluster_provision.outward import authorities_named, require_way_out
from cluster_provision.streams import end_quietly, lead_nowhere, read_by_somebody, unwritten

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping

    from cluster_provision.console import Console
    from cluster_provision.interruption import Interruption
    from cluster_provision.result import Result
    from cluster_provision.settings import Loaded

HELP = """One env file in, a proven GPU cluster out, and gone again without a trace.

\b
ACTION (or the variable ACTION) is one of:
  Create       make the cluster, wait until it really works, print how to connect
  Destroy      remove everything, and prove it
  Plan         say what Create would change
  Validate     check everything that can be checked without changing anything
  Status       say how the cluster is now: machines, set-up, notebooks, problems
  Health       say what the machines' own checks found; `Health again` runs them now,
               `Health ecc` asks for errors of GPUs' memory
  Connect      show the ssh command for a node, or open it on a terminal
  Run          run a command on every node
  Gather       print a file of every node
  UpdateHosts  bring hostfiles and keys on the nodes up to date
  Benchmark    measure what NCCL gets out of the GPUs together
  Unlock       clear the state's lock where the run that holds it is dead
  Drain        give nodes of a Slurm cluster no new jobs
  Undrain      put drained nodes of a Slurm cluster back
  Resume       make nodes of a Slurm cluster on a cloud, by their names
  Suspend      remove them again, once their jobs have ended
  Report       show what Azure would be told of a faulty node; YES=yes sends it
  Tunnel       lead a port here to a port of a node
  Debug        prepare everything, then stay for a look around

Run takes a command as its ARGUMENTS, in one word or as ssh takes it; Gather takes
a file's path on the nodes, Connect a node's name, by default the first one's,
Tunnel a node, its port and a port here, Report a node and a category, and Drain,
Undrain, Resume and Suspend nodes as Slurm lists them; `Suspend --force` ends the
jobs on them;
`Unlock --force` clears the lock whether its holder lives or not.
All settings come from the environment; docs/parameters.md describes each.
Exit codes: docs/exit-codes.md.
"""


HELP_OPTIONS = ["-h", "--help"]


@click.command(help=HELP, context_settings={"help_option_names": HELP_OPTIONS, "allow_interspersed_args": False})
@click.argument("action", required=False)
@click.argument("arguments", nargs=-1)
@click.version_option(__version__)
@click.pass_context
def main(context: click.Context, action: str | None, arguments: tuple[str, ...]) -> None:
    """Run one action and exit with its code. What follows the action is its own, options too: `Run nvidia-smi -L`."""
    if list(arguments) in ([option] for option in HELP_OPTIONS):
        click.echo(context.get_help())
        return
    sys.exit(run_action(action, " ".join(arguments) or None))


def run() -> None:
    """`main`, with an exit code of its own where what it shows by itself, such as help, can't be written."""
    try:
        try:
            main()
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

    _say_failure(Console(), failure)
    for stream in (sys.stdout, sys.stderr):
        lead_nowhere(stream)
    sys.exit(exit_code_of(failure))


def run_action(action: str | None, argument: str | None = None) -> int:
    """Carry out the action that the command line or the environment names; returns the exit code."""
    from cluster_provision.console import Console
    from cluster_provision.interruption import Interruption
    from cluster_provision.result import Result

    console = Console()
    result = Result((action or os.environ.get("ACTION", "")).lower())
    shown = Shown(result, as_json=os.environ.get("OUTPUT", "").strip().lower() == "json")
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
        from cluster_provision.settings import load

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
    os.umask(0o077)  # what is rendered and planned holds the user's values
    authorities = authorities_named(os.environ)
    _trust_alike(os.environ)
    with _rehearsal(loaded, console, result) as (settled, real):
        require_way_out(os.environ, authorities)
        # imported once the environment is settled: Google's libraries read it when they are loaded
        from cluster_provision.actions import action_of
        from cluster_provision.connection.advice import fill_in
        from cluster_provision.provisioners import provisioner_of
        from cluster_provision.run import Run
        from cluster_provision.targets import target_of

        gc.freeze()
        gc.enable()

        action = action_of(settled.action)
        target = target_of(settled.settings)
        run = Run(settled.argument, target, provisioner_of(target), console, interruption, result, shown)
        keep = True
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
    return run.hand_over_to if real and loaded.settings.output == "text" else ()


@contextlib.contextmanager
def _rehearsal(loaded: Loaded, console: Console, result: Result) -> Iterator[tuple[Loaded, bool]]:
    """The one place that knows of rehearsals: within it, the environment leads to the embedded cloud.

    Gives the settings to run with, and whether the cloud is real.
    """
    mode = loaded.settings.rehearse
    if mode == "no":
        yield loaded, True
        return
    from cluster_provision.rehearsal import rehearse
    from cluster_provision.settings import load

    result.rehearsal = True
    with rehearse(mode, loaded.settings.rehearse_dir, os.environ, console.say):
        yield load(os.environ, loaded.action, loaded.argument), False


def _trust_alike(environ: MutableMapping[str, str]) -> None:
    """Set both SSL_CERT_FILE, for Terraform, and REQUESTS_CA_BUNDLE, for requests, where one of them is set."""
    given = environ.get("SSL_CERT_FILE") or environ.get("REQUESTS_CA_BUNDLE")
    if given:
        environ.setdefault("SSL_CERT_FILE", given)
        environ.setdefault("REQUESTS_CA_BUNDLE", given)


def _say_failure(console: Console, failure: ProvisionError) -> None:
    from cluster_provision.settings.reading import printable

    for text in (f"\nError: {failure.message}", failure.advice):
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
