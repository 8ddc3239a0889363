"""What STARTUP_COMMAND of a Slurm cluster leaves, put into the state store where a run that waits for it asks for it.

As on machines without Slurm (node/lib/results.sh), with the output of its jobs behind the command's own.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cluster_provision.node import CommandResults
from node.machine.programs import Failure, run
from node.slurm_cloud.http import CallFailed, patiently
from node.slurm_cloud.place import STATE_FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import BinaryIO

    from node.slurm_cloud.place import Place
    from node.slurm_cloud.storage import Store

WISH_FILE = "files/results.json"
FOLDER_MOST = 2 * 1024**3
"""Bytes of the files in RESULTS_DIR."""
OUTPUT_MOST = 64 * 1024**2
"""Bytes of output, the last ones."""
LIMIT = 600.0
"""Seconds for an upload, and for tar."""
READ_SECONDS = 60
WISH_LIMIT = 30.0
OUTPUT_COPY = f"{STATE_FOLDER}/command-output"
ARCHIVE = f"{STATE_FOLDER}/results.tar.gz"


@dataclass(frozen=True)
class JobFiles:
    """Where a job's output goes, as its user sees it: one file, or two."""

    id: str
    paths: tuple[str, ...]


@dataclass
class _Found:
    output: int | None = None
    folder: int | None = None
    left_out: int = 0
    notes: list[str] = field(default_factory=list)


def job_files(job: str) -> JobFiles:
    """Ask Slurm where this job's output goes; it forgets it with the job. scontrol(1): StdOut and StdErr."""
    status, said = run("scontrol", "show", "job", job)
    lines = [line.strip() for line in said.splitlines()] if not status else []
    paths = [line.partition("=")[2] for line in lines if line.startswith(("StdOut=", "StdErr="))]
    return JobFiles(job, tuple(dict.fromkeys(path for path in paths if path.startswith("/") and path != "/dev/null")))


def bring_results(place: Place, store: Store, user: str, log: str, jobs: Iterable[JobFiles]) -> CommandResults | None:
    """Upload the command's `log` with its jobs' output, and RESULTS_DIR, all read as `user`; None where nobody asks.

    What can't be done is a note of the result, and fails nothing.
    """
    try:
        content = patiently(WISH_LIMIT, lambda: store.read(WISH_FILE))
        wish = json.loads(content) if content else {}
    except (CallFailed, ValueError) as failure:
        return CommandResults(note=f"what is asked for could not be read: {failure}")
    if not wish.get("asked"):
        return None
    found = _Found()
    _bring_output(found, place, store, user, log, jobs)
    if wish.get("folder"):
        _bring_folder(found, place, store, user, str(wish["folder"]))
    return CommandResults(found.output, found.folder, found.left_out, "; ".join(found.notes))


def _bring_output(found: _Found, place: Place, store: Store, user: str, log: str, jobs: Iterable[JobFiles]) -> None:
    try:
        with _opened(OUTPUT_COPY) as copy:
            with open(log, "rb") as own:
                found.left_out = max(0, os.fstat(own.fileno()).st_size - OUTPUT_MOST)
                own.seek(found.left_out)
                copy.write(own.read(OUTPUT_MOST))
            for job in jobs:
                for path in job.paths:
                    _add(copy, job.id, path, user)
        patiently(LIMIT, lambda: store.put(f"nodes/output/{place.name}.log", OUTPUT_COPY))
        found.output = os.path.getsize(OUTPUT_COPY)
    except (CallFailed, OSError) as failure:
        found.notes.append(f"the output could not be uploaded: {failure}")
    finally:
        _remove(OUTPUT_COPY)


def _add(copy: BinaryIO, job: str, path: str, user: str) -> None:
    """Add the last bytes of a job's file, which its user may have led anywhere: so it is read as that user."""
    room = OUTPUT_MOST - copy.tell()
    copy.write(f"\n==> job {job}: {path} <==\n".encode())
    words = ["runuser", "--user", user, "--", "timeout", str(READ_SECONDS), "tail", "-c", str(max(0, room)), "--", path]
    done = subprocess.run(words, capture_output=True, check=False)
    copy.write(done.stdout if not done.returncode else b"(it can't be read here)\n")
    copy.flush()


def _bring_folder(found: _Found, place: Place, store: Store, user: str, folder: str) -> None:
    try:
        if run("runuser", "--user", user, "--", "test", "-d", folder)[0]:
            found.notes.append(f"there is no folder {folder}")
            return
        size = _size(user, folder)
        if size > FOLDER_MOST:
            found.notes.append(f"{folder} was not fetched: it holds {size} bytes, more than {FOLDER_MOST}")
            return
        words = ["runuser", "--user", user, "--", "tar", "--create", "--gzip", "--directory", folder, "."]
        with _opened(ARCHIVE) as archive:
            done = subprocess.run(words, stdout=archive, stderr=subprocess.DEVNULL, timeout=LIMIT, check=False)
        if done.returncode > 1:  # 1: a file has changed while it was read
            raise Failure(f"tar ended with {done.returncode}")
        patiently(LIMIT, lambda: store.put(f"nodes/results/{place.name}.tar.gz", ARCHIVE))
        found.folder = os.path.getsize(ARCHIVE)
    except (CallFailed, Failure, OSError, ValueError, subprocess.TimeoutExpired) as failure:
        found.notes.append(f"{folder} could not be uploaded: {failure}")
    finally:
        _remove(ARCHIVE)


def _opened(path: str) -> BinaryIO:
    """A file to write, which root alone can read."""
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _size(user: str, folder: str) -> int:
    """In bytes. A file that can't be read counts for nothing, and du ends with 1."""
    said = run("runuser", "--user", user, "--", "du", "--summarize", "--bytes", "--", folder)[1]
    return int(said.splitlines()[-1].split()[0])


def _remove(path: str) -> None:
    if os.path.exists(path):
        os.unlink(path)
