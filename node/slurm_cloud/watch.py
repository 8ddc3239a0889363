"""Keeps this machine as the description says, while it runs: a unit starts it, and starts it again.

On the controller it also has the power program look, runs the proof, and says in the record how the nodes are.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from cluster_provision.slurm.cloud import CLUSTER_FILE, CloudCluster, digest_of, read_cloud_cluster
from node.machine.programs import Failure, run
from node.slurm_cloud import facts_file, programs
from node.slurm_cloud.http import CallFailed
from node.slurm_cloud.place import (
    CLUSTER_COPY,
    CONTROLLER,
    FACT_FILE,
    JOINED,
    LOG_FOLDER,
    NODE,
    NOTES_FILE,
    PROOF_FILE,
    STATE_FOLDER,
    read_json,
    write_json,
)
from node.slurm_cloud.startup_command import look_for_order
from node.slurm_cloud.told import controllers_facts
from node.slurm_power.commands import POKE
from node.slurm_power.kept import read_kept
from node.slurm_power.work import unsettled

if TYPE_CHECKING:
    from node.slurm_cloud.place import Place
    from node.slurm_cloud.storage import Store

# Seconds between looks at the description: a thousand nodes ask less often than those that people wait for.
LOOK = {NODE: float(os.environ.get("SLURM_LOOK_NODE", "60"))}
LOOK_OTHERS = float(os.environ.get("SLURM_LOOK", "10"))
# Seconds between looks at the cloud: while something is under way, and otherwise.
SYNC_BUSY = float(os.environ.get("SLURM_SYNC_BUSY", "15"))
SYNC_IDLE = float(os.environ.get("SLURM_SYNC", "60"))
SYNC_SOON = 2.0
"""After somebody has asked for something."""
DISK = 60.0
"""Seconds between looks at the size of the controller's data disk."""
TELL = 5.0
"""Seconds between looks at what the record says."""
EARLY, GROWTH = 1.0, 60.0
"""Somebody waits for a machine that has just joined: its pauses begin with EARLY, and are a second longer after each
GROWTH seconds, until they are as long as they should be."""
TICK = 0.5
# The programs whose failures the record tells, and with which words before their own.
TOLD = {"sync": "", "grow": "the file system of the controller's data disk could not be grown: "}
# Seconds until a description that could not be applied is tried again: the first pause, which doubles, and the longest.
AGAIN, AGAIN_AT_MOST = 60.0, 1800.0


def watch(place: Place, store: Store) -> None:
    Watch(place, store).forever()


class Watch:
    """What is due when, and the programs that are at work meanwhile: none of them keeps the others waiting."""

    def __init__(self, place: Place, store: Store) -> None:
        self._place, self._store = place, store
        self._due: dict[str, float] = {}
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._poked = 0.0
        self._told = ""
        self._started = ""
        self._again_at, self._pause_again = 0.0, AGAIN
        self._notes: dict[str, str] = {}
        self._look_note = ""
        self._began: float | None = None

    def forever(self) -> None:
        if self._place.part == CONTROLLER:
            make_poke_folder()
        while True:
            self.once(time.monotonic())
            time.sleep(TICK)

    def once(self, now: float) -> None:
        """Do what is due."""
        self._began = now if self._began is None else self._began
        early = EARLY + (now - self._began) / GROWTH
        self._end_join(now)
        if self._is_due("look", now, LOOK.get(self._place.part) or min(LOOK_OTHERS, early)):
            self._look(now)
        if self._place.part == CONTROLLER and has_joined():
            if self._was_poked():
                self._due["sync"] = min(self._due.get("sync", now), now + (SYNC_SOON if self._is_busy("sync") else 0))
            if not self._is_busy("sync") and now >= self._due.get("sync", 0.0):
                self._due["sync"] = now + self._pause()  # which asks slurmctld, and so only where it is due
                self._start("sync", "node.slurm_power", "slurm-nodes", "sync")
            if self._is_due("grow", now, DISK) and not self._is_busy("grow"):
                self._start("grow", "node.slurm_cloud", "grow")
        if self._is_due("tell", now, min(TELL, early)):
            self._tell()

    def _look(self, now: float) -> None:
        """Join again where the description has changed, by the program that it names."""
        try:
            content = self._store.read(CLUSTER_FILE)
            if content is not None:
                self._follow(content.decode(), now)
            self._look_note = ""
        except (CallFailed, Failure, OSError, ValueError) as failure:
            self._look_note = f"the cluster's description could not be followed: {failure}"
            print(failure, flush=True)

    def _follow(self, text: str, now: float) -> None:
        digest = digest_of(text)
        if self._is_joining():
            return
        if has_joined() and digest == fact("applied"):
            given = read_cloud_cluster(text)
            self._prove(given)
            look_for_order(self._place, self._store, given)
        elif digest not in (self._started, fact("tried")):
            self._pause_again = AGAIN
            self._join(text)
        elif now >= self._again_at and not fact("hopeless"):
            self._join(text)

    def _join(self, text: str) -> None:
        """By the program that the description names. Where the machine has not joined since its start, what follows
        that step has not run either: then the bootstrap does it, which says in the record how it ended."""
        if has_joined():
            folder = programs.fetch(self._store, program_of(text))
            self._start("join", "node.slurm_cloud", "join", root=folder)
        else:
            self._run("again", ["/bin/bash", f"{STATE_FOLDER}/bootstrap.sh", "slurm-again"])
        self._started = digest_of(text)

    def _is_joining(self) -> bool:
        return self._is_busy("join") or self._is_busy("again")

    def _end_join(self, now: float) -> None:
        """Say why the machine could not follow a change; one that followed goes on by the program that it named."""
        for what in ("join", "again"):
            process = self._running.get(what)
            if process is None or process.poll() is None:
                continue
            del self._running[what]
            if not process.returncode:
                if os.path.realpath(programs.CURRENT) != own_root():
                    raise SystemExit("another version of this program is here")  # the unit starts that
                continue
            self._again_at = now + self._pause_again
            self._pause_again = min(2 * self._pause_again, AGAIN_AT_MOST)
            if what == "join":
                words = tail(f"{LOG_FOLDER}/slurm-join.log")
                write_json(NOTES_FILE, [f"the cluster's new description could not be applied: {words}"])

    def _prove(self, given: CloudCluster) -> None:
        """One proof a name, once something of the wanted nodes is known."""
        if self._place.part != CONTROLLER or not given.proof or self._is_busy("prove"):
            return
        found = read_json(PROOF_FILE)
        before: dict[str, Any] = found if isinstance(found, dict) else {}
        if before.get("name") == given.proof and before.get("status") != "running":
            return
        if all(read_kept().raised.get(pool.name) == pool.on for pool in given.pools):
            self._start("prove", "node.slurm_cloud", "prove")

    def _tell(self) -> None:
        """Have the record say how things are, where that has changed."""
        if self._is_busy("again"):  # which says itself how far it is
            return
        notes = read_json(NOTES_FILE)
        told = [*(notes if isinstance(notes, list) else ()), *self._refusal()]
        changes: dict[str, Any] = {}
        if not has_joined():
            changes = {"nodes": []} if self._place.part == CONTROLLER else {}  # unknown
        elif self._place.part == CONTROLLER:
            with open(CLUSTER_COPY, encoding="utf-8") as file:
                given = read_cloud_cluster(file.read())
            try:
                changes = controllers_facts(given)
            except Failure as failure:
                changes = {"nodes": []}  # unknown
                told.append(str(failure))
        elif self._place.part == NODE:
            state = run("systemctl", "is-active", "slurmd")[1].strip()
            changes["node"] = {"state": "up" if state == "active" else state or "unknown"}
        facts_file.update(notes=told, **changes)
        with open(FACT_FILE, encoding="utf-8") as file:
            text = file.read()
        if text != self._told and not self._is_busy("report"):
            command = ["timeout", "120", "/bin/bash", f"{STATE_FOLDER}/bootstrap.sh", "report"]
            self._running["report"] = subprocess.Popen(command, stdin=subprocess.DEVNULL)
            self._told = text

    def _refusal(self) -> list[str]:
        """What could not be done at the last looks at the description, the cloud and the disk."""
        for what, words in TOLD.items():
            process = self._running.get(what)
            if process is not None and process.poll() is not None:
                failed = tail(f"{LOG_FOLDER}/slurm-{what}.log") if process.returncode else ""
                self._notes[what] = failed and f"{words}{failed}"
        return [note for note in (self._look_note, *self._notes.values()) if note]

    def _pause(self) -> float:
        given = read_json(CLUSTER_COPY)
        if given is None:
            return SYNC_BUSY
        with open(CLUSTER_COPY, encoding="utf-8") as file:
            return SYNC_BUSY if unsettled(read_cloud_cluster(file.read())) else SYNC_IDLE

    def _was_poked(self) -> bool:
        try:
            at = os.stat(POKE).st_mtime
        except FileNotFoundError:
            return False
        was, self._poked = self._poked, at
        return at != was

    def _is_due(self, what: str, now: float, pause: float) -> bool:
        if now < self._due.get(what, 0.0):
            return False
        self._due[what] = now + pause
        return True

    def _is_busy(self, what: str) -> bool:
        process = self._running.get(what)
        return process is not None and process.poll() is None

    def _start(self, what: str, module: str, *arguments: str, root: str = "") -> None:
        self._run(what, [sys.executable, "-E", "-s", "-m", module, *arguments], root or own_root())

    def _run(self, what: str, argv: list[str], folder: str | None = None) -> None:
        with open(f"{LOG_FOLDER}/slurm-{what}.log", "ab") as log:
            self._running[what] = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, cwd=folder
            )


def has_joined() -> bool:
    """Whether the machine has joined since its start."""
    return os.path.exists(JOINED)


def fact(name: str) -> Any:
    """What the record says of Slurm under this name; None where it doesn't."""
    found = read_json(FACT_FILE)
    return found.get(name) if isinstance(found, dict) else None


def program_of(text: str) -> str:
    """The program that a description names: all that this version may know of what a newer tool has written."""
    given = json.loads(text)
    name = given.get("program") if isinstance(given, dict) else None
    if not isinstance(name, str):
        raise ValueError(f"{CLUSTER_FILE} names no program")
    return name


def own_root() -> str:
    """The folder of this version of the program."""
    return os.path.realpath(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))


def tail(path: str) -> str:
    """The last line of a log."""
    with open(path, encoding="utf-8", errors="replace") as file:
        lines = [line.strip() for line in file if line.strip()]
    return lines[-1][:1000] if lines else "it wrote nothing"


def make_poke_folder() -> None:
    """slurmctld's programs touch the file, as slurm."""
    os.makedirs(os.path.dirname(POKE), exist_ok=True)
    with open(POKE, "ab"):
        pass
    run("chown", "slurm", POKE)
