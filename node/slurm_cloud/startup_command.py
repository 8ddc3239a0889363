"""STARTUP_COMMAND of a Slurm cluster, which the machine where users log in runs once, in a unit beside watch."""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import subprocess
import sys
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from cluster_provision.number_of import number_of
from cluster_provision.slurm.outputs.squeue import ALL_JOBS, NEVER, Job, read_jobs
from cluster_provision.slurm.startup_command import (
    ORDER_FILE,
    JobEnd,
    Order,
    Outcome,
    outcome_file,
    read_order,
    read_outcome,
)
from node.machine.programs import Failure, call, run, telling
from node.slurm_cloud.http import CallFailed, patiently
from node.slurm_cloud.place import LOG_FOLDER, STATE_FOLDER, read_json, write_json
from node.slurm_cloud.results import JobFiles, bring_results, job_files

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.slurm.cloud import CloudCluster
    from node.slurm_cloud.place import Place
    from node.slurm_cloud.storage import Store

UNIT = "cluster-slurm-command.service"
TEXT_FILE = f"{STATE_FOLDER}/slurm-startup-command"
BEGUN_FILE = f"{STATE_FOLDER}/slurm-command.json"
"""The order that this machine has last taken, and whether it is at its end."""
LOG_FILE = f"{LOG_FOLDER}/startup-command.log"
FORBIDDEN = 403
FIRST_POLL_SECONDS, POLL_SECONDS = 0.5, 5.0
WRITE_LIMIT = 1800.0
"""Seconds for an outcome to reach the state store, as for records."""
TAIL_LINES, TAIL_BYTES = 19, 4096
OWN_JOBS = "cluster-provision-"
"""What the names of the tool's own jobs begin with: proofs and measurements, which root submits."""
MOST_JOBS = 100
"""Jobs that an outcome names: those that failed first."""


def look_for_order(place: Place, store: Store, given: CloudCluster) -> None:
    """Start the unit where the tool has left an order that nobody has taken. Raises CallFailed, Failure."""
    if place.name != given.command_machine:
        return
    order = _order(store)
    if order is None or _is_active():
        return
    if _begun() == (order.name, False):
        _say_cut_off(place, store, order)
    elif _begun() != (order.name, True):
        _start()


def run_order(place: Place, store: Store, given: CloudCluster) -> None:
    """What the unit does: run the command, wait for its jobs, and say how both have ended."""
    order = _order(store)
    if order is None or place.name != given.command_machine:
        return
    outcome = Outcome(order.name, place.name, secrets.token_hex(8))
    if not _take(store, outcome):
        _say_cut_off(place, store, order)
        return
    _note(order, ended=False)
    ended = _carry_out(place, store, order, given.admin or "root", outcome)
    patiently(WRITE_LIMIT, lambda: store.write(outcome_file(order.name), ended.text().encode()))
    _note(order, ended=True)


def _order(store: Store) -> Order | None:
    """None where there is none: to whoever may not list a bucket, Cloud Storage says 403 of what isn't there.

    https://cloud.google.com/storage/docs/access-control/iam-permissions
    """
    try:
        content = store.read(ORDER_FILE)
    except CallFailed as failure:
        if failure.status != FORBIDDEN:
            raise
        content = None
    return read_order(content.decode()) if content else None


def _take(store: Store, outcome: Outcome) -> bool:
    """Whether the order is this start's: the machine that was here before may have run it."""
    name, text = outcome_file(outcome.name), outcome.text().encode()
    if patiently(WRITE_LIMIT, lambda: store.write(name, text, only_new=True)):
        return True
    return store.read(name) == text  # written after all, where the answer to it was lost


def _carry_out(place: Place, store: Store, order: Order, user: str, outcome: Outcome) -> Outcome:
    try:
        uid = pwd.getpwnam(user).pw_uid
        known = {job.id for job in _jobs()}
        _write_text(order.command, user)
    except (KeyError, Failure) as failure:
        return replace(outcome, status="failed", detail=f"the command could not be started: {failure}")
    with contextlib.suppress(FileNotFoundError):
        os.replace(LOG_FILE, f"{LOG_FILE}.previous")
    with open(os.open(LOG_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o640), "wb") as log:
        process = subprocess.Popen(
            ["runuser", "--login", user, "--command", f"exec /bin/bash {TEXT_FILE}"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            cwd="/",
            start_new_session=True,
        )
    files: dict[str, JobFiles] = {}
    jobs = _wait(process.poll, uid, known, files)
    results = bring_results(place, store, user, LOG_FILE, files.values())
    return replace(_ended(outcome, process.returncode, jobs), results=results)


def _wait(ended: Callable[[], int | None], uid: int, known: set[str], files: dict[str, JobFiles]) -> dict[str, Job]:
    """Wait for the command and its jobs: those of its user that were not there before; returns them by number.

    Where the first MOST_JOBS of them write to is noted in `files`.

    slurmctld forgets a job 300 s after its end at the soonest, so that none is missed between two looks.
    """
    seen: dict[str, Job] = {}
    pause = FIRST_POLL_SECONDS
    while True:
        over = ended() is not None  # before the look, so that what it submitted last is seen
        with contextlib.suppress(Failure):
            theirs = [job for job in _jobs() if job.uid == uid and not job.name.startswith(OWN_JOBS)]
            now = {job.id: job for job in theirs if job.id not in known}
            gone = {each.id: each for each in seen.values() if each.id not in now and not each.ended}
            begun = [number for number, job in now.items() if number not in files and job.state != "PENDING"]
            files |= {number: job_files(number) for number in begun[: MOST_JOBS - len(files)]}
            seen |= {**{number: replace(each, state="unknown") for number, each in gone.items()}, **now}
            if over and all(each.ended or each.state == "unknown" for each in seen.values()):
                return seen
        time.sleep(min(pause, POLL_SECONDS))
        pause *= 1.2


def _ended(outcome: Outcome, status: int, jobs: dict[str, Job]) -> Outcome:
    failed = [job for job in jobs.values() if job.failed or not job.ended]
    told = [f"job {job.id} ended as {_state(job)}" for job in failed[:3]]
    told += [f"and {len(failed) - 3} more jobs failed"] if len(failed) > 3 else []
    told = [*([f"the command ended with status {status}"] if status else []), *told]
    shown = [*failed, *(job for job in jobs.values() if job not in failed)][:MOST_JOBS]
    return replace(
        outcome,
        status="failed" if told else "ok",
        exit=status,
        jobs=tuple(JobEnd(job.id, job.state, job.reason if job.reason == NEVER else "") for job in shown),
        detail="; ".join(told) or number_of(len(jobs), "job"),
        tail=_tail() if told else "",
    )


def _state(job: Job) -> str:
    return f"{job.state} ({job.reason})" if job.reason == NEVER else job.state


def _jobs() -> list[Job]:
    status, said = run(*ALL_JOBS)
    if status:
        raise Failure(f"slurmctld does not answer: {telling(said)}")
    return read_jobs(said)


def _write_text(text: str, user: str) -> None:
    """The user alone can read it."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(TEXT_FILE)
    with open(os.open(TEXT_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text if text.endswith("\n") else f"{text}\n")
    call("chown", user, TEXT_FILE)


def _tail() -> str:
    with open(LOG_FILE, "rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - TAIL_BYTES))
        lines = file.read().decode(errors="replace").splitlines()
    return "\n".join(lines[-TAIL_LINES:])


def _begun() -> tuple[str, bool]:
    """The order that this machine has last taken, and whether it is at its end; an empty name for none."""
    found = read_json(BEGUN_FILE)
    return (str(found.get("name") or ""), found.get("ended") is True) if isinstance(found, dict) else ("", False)


def _note(order: Order, *, ended: bool) -> None:
    write_json(BEGUN_FILE, {"name": order.name, "ended": ended})


def _is_active() -> bool:
    return run("systemctl", "is-active", "--quiet", UNIT)[0] == 0


def _say_cut_off(place: Place, store: Store, order: Order) -> None:
    """The unit is gone, with this machine's last boot or with the machine of this name that was here before: nobody
    waits for the command any more. Another machine may still run what it has begun."""
    content = store.read(outcome_file(order.name))
    found = read_outcome(content.decode()) if content else None
    if found is not None and found.status == "running" and found.machine == place.name:
        lost = replace(found, status="failed", detail="its machine went down while the command ran, or its jobs did")
        store.write(outcome_file(order.name), lost.text().encode())
    _note(order, ended=True)


def _start() -> None:
    """KillMode: the command's background processes outlive it. OOMPolicy, TasksMax: as for machines without Slurm."""
    root = os.path.realpath(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    call(
        *("systemd-run", f"--unit={UNIT}", "--collect", f"--working-directory={root}"),
        *("--property=KillMode=process", "--property=OOMPolicy=continue", "--property=TasksMax=infinity"),
        *(sys.executable, "-E", "-s", "-m", "node.slurm_cloud", "command"),
    )
