"""Run <command>: a command on every machine at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.actions.fleet import counted, output_of, reach_the_fleet, require_none_failed, tally
from cluster_provision.actions.host_output import host_result
from cluster_provision.fleet.run import run_everywhere
from cluster_provision.run import Step, perform

if TYPE_CHECKING:
    from cluster_provision.run import Run


def run_command(run: Run) -> str:
    """Run the argument on all machines; what they print goes out as it comes."""
    reach_the_fleet(run)
    perform(run, (Step("command", _run),))
    return ""


def _run(run: Run) -> None:
    output = output_of(run)
    ended = run_everywhere(run.fleet, run.argument, output, counted(run))
    run.result.hosts = [host_result(e.host, e.error, e.exit_code, output.of(e.host)) for e in ended]
    failures = [e.error for e in ended]
    run.progress.conclude(tally(failures))
    require_none_failed(failures)
