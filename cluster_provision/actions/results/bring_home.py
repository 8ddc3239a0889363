"""Fetches what STARTUP_COMMAND has left on the machines, and keeps it where it outlives the cluster."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from cluster_provision.actions.results.text import results_text
from cluster_provision.actions.results.unpack import unpack
from cluster_provision.errors import Interrupted, MachineError, ProvisionError, one_of_all
from cluster_provision.node import CommandResults
from cluster_provision.number_of import number_of
from cluster_provision.parallel import at_once
from cluster_provision.readiness.command_results import results_there
from cluster_provision.result import CommandOutput
from cluster_provision.run import Step, perform
from cluster_provision.settings.common import CloudSettings
from cluster_provision.state.base import BackendStore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.readiness.command_results import MachineResults
    from cluster_provision.run import Run
    from cluster_provision.state.base import Results

KEPT = 1024 * 1024
"""Bytes of a machine's output, the last ones, that the result has."""
ARCHIVES_AT_ONCE = 4
"""A machine's archive has up to 2 GiB, and lies in /tmp while it is unpacked."""
STAYS = "They are still in the state store: Create run again fetches them."
GOES = (
    "What did not come home goes with the cluster, as CLEANUP_ON_EXIT=yes asks for. Correct the cause before the next "
    "Create."
)
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")
"""A machine's name, which becomes a folder's."""


@contextlib.contextmanager
def results_brought_home(run: Run) -> Iterator[None]:
    """Where Create waits for STARTUP_COMMAND, bring its results home when the block ends, also where it fails.

    A failure of the block stays the run's; what then keeps results from coming is printed.
    """
    try:
        yield
    except Interrupted:
        raise
    except ProvisionError:
        if _asked(run) and run.provisioner.began:
            try:
                perform(run, (RESULTS,))
                if text := results_text(run.result.outputs):
                    run.console.say(text)
            except ProvisionError as failure:
                run.console.say(f"The command's results could not be fetched: {failure.message}")
        raise
    if _asked(run):
        try:
            perform(run, (RESULTS,))
        except ProvisionError:
            if text := results_text(run.result.outputs):
                run.console.say(text)
            raise


def _asked(run: Run) -> bool:
    return run.settings.ends_with_command


def bring_home(run: Run) -> None:
    """Fetch what is there from the state store into the result and OUTPUT_DIR; with RESULTS_DIR, keep it beside the
    deployment too.

    A machine whose results can't be had keeps no other's from coming: its failure is raised when the others' are there.
    """
    store, settings = run.store, run.settings
    if not isinstance(store, BackendStore) or not isinstance(settings, CloudSettings):
        return
    instances = {node.name: node.instance_id for node in run.result.nodes if node.instance_id}
    found = [each for each in results_there(store, instances) if NAME.fullmatch(each.name)]
    place = Place(
        store.results,
        keep=datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ") if settings.results_dir else "",
        folder=settings.output_dir,
        stays=not settings.cleanup_on_exit,
    )
    brought = at_once([partial(_of_machine, place, each) for each in found], ARCHIVES_AT_ONCE)
    run.result.outputs = [output for output, _ in brought]
    failures = [failure for _, failure in brought if failure is not None]
    if failures:
        failure = one_of_all(failures)
        failure.advice = f"{failure.advice}\n{STAYS if place.stays else GOES}".strip()
        raise failure
    run.progress.conclude(f"of {number_of(len(found), 'machine')}" if found else "none")


RESULTS = Step("results", bring_home)


@dataclass(frozen=True)
class Place:
    """Where results go: into the folder `keep` of the store's results, empty for none, and into `folder`.

    `stays`: what is in the deployment outlives this run.
    """

    results: Results
    keep: str
    folder: Path | None
    stays: bool

    def kept(self, source: str, name: str, file: Path) -> str:
        """The address at which the object `source` stays, kept by `name` where that is asked for; empty for none."""
        if not self.keep:
            return f"{self.results.source}{source}" if self.stays else ""
        self.results.keep(f"{self.keep}/{name}", file)
        return f"{self.results.uri}{self.keep}/{name}"


def _of_machine(place: Place, machine: MachineResults) -> tuple[CommandOutput, ProvisionError | None]:
    """What came of one machine, and why not all did."""
    there = machine.results or CommandResults(note="the command had ended before its results were asked for")
    notes = [there.note] if there.note else []
    text, kept, archive = "", "", ""
    own = place.folder / machine.name if place.folder else None
    failure: ProvisionError | None = None
    try:
        with _room_named(), TemporaryDirectory(prefix="cluster-provision-results-") as held:
            log, packed = Path(held, "output.log"), Path(held, "results.tar.gz")
            if there.output is not None and place.results.fetch(machine.output_file, log):
                kept, text = place.kept(machine.output_file, f"{machine.name}.log", log), _end(log)
                if own:
                    own.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(log, own / "output.log")
            if there.folder is not None and place.results.fetch(machine.folder_file, packed):
                archive = place.kept(machine.folder_file, f"{machine.name}.tar.gz", packed)
                if own and (left := unpack(packed, own / "results")):
                    notes.append(left)
            if place.folder and own and own.is_dir():
                _give(own, place.folder)
    except ProvisionError as kept_away:
        failure = kept_away
        notes.append(kept_away.message)
    if there.left_out:
        notes.append(f"{there.left_out} bytes of the beginning of its output were left out")
    output = CommandOutput(
        node=machine.name,
        status="failed" if machine.failed else "ok",
        text=text,
        truncated=bool(there.left_out) or (there.output or 0) > KEPT,
        kept=kept,
        archive=archive,
        folder=str(own) if own and own.is_dir() else "",
        note="; ".join(notes),
    )
    return output, failure


def _end(log: Path) -> str:
    """The last KEPT bytes."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - KEPT))
        return file.read().decode(errors="replace")


def _give(own: Path, folder: Path) -> None:
    """In a container this is root, and the mounted folder somebody's: what is in it should be theirs too."""
    if os.geteuid() != 0:
        return
    owner = folder.stat()
    for parent, folders, files in os.walk(own):
        for name in ("", *folders, *files):
            os.chown(Path(parent, name), owner.st_uid, owner.st_gid, follow_symlinks=False)


@contextlib.contextmanager
def _room_named() -> Iterator[None]:
    """Raises MachineError where this machine can't hold the results."""
    try:
        yield
    except OSError as failure:
        where = failure.filename or "the disk"
        raise MachineError(
            f"the results can't be written here: {failure.strerror}: {where}",
            "Give OUTPUT_DIR, or /tmp, room, or another place.",
        ) from failure
