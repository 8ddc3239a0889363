"""Gather <remote file>: a file of every machine, each line with its machine's name before it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.actions.fleet import counted, output_of, reach_the_fleet, require_none_failed, tally
from cluster_provision.actions.host_output import KEPT, host_result
from cluster_provision.fleet.gather import Reading, gather
from cluster_provision.run import Step, perform

if TYPE_CHECKING:
    from cluster_provision.run import Run

MOST = 64 * 1024 * 1024
"""Bytes of a host's file that are printed."""


def gather_file(run: Run) -> str:
    """Print the file that the argument names, machine after machine in the order of the hostfile."""
    reach_the_fleet(run)
    perform(run, (Step("file", _gather),))
    return ""


def _gather(run: Run) -> None:
    output = output_of(run)
    most = KEPT if run.settings.output == "json" else MOST
    gathered = gather(run.fleet, Reading(run.argument, most), output.stdout, counted(run))
    run.result.hosts = []
    for each in gathered:
        kept = output.of(each.host)
        kept.truncated |= each.more
        run.result.hosts.append(host_result(each.host, each.error, None, kept))
    failures = [g.error for g in gathered]
    run.progress.conclude(tally(failures))
    require_none_failed(failures)
