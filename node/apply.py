"""Makes this machine what a plan says, shows how it differs, or gives back what was there before.

It reads a JSON request, `{"do": "apply" | "diff" | "undo" | "status", "cluster": NAME, "plan": …, "delete_data": bool}`
with Plan.to_json of cluster_provision/slurm/plan.py, and writes JSON lines: one a resource as it ends, `{"resource",
"state", "detail", "diff"}`, then `{"ended": …}` with the number of resources of each state, but the names of those that
were left, and of data that are kept on purpose. `status` writes `{"journal": …}`, which `undo` takes where the machine
has lost its own. A `partial` plan gives nothing back that it doesn't have. It exits with 1 where something failed,
which ends an apply; an undo goes on.

Before each change, what was there is noted in /var/lib/cluster-provision/<cluster>/journal.json. So whatever kills a
run, the next one goes on, and undo leads to the very state before. A symbolic link in a file's place is replaced, and
put back by undo: what it leads to is another program's. In a plan, a file's folder stands before it, and what depends
on it after it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import signal
import sys
from typing import TYPE_CHECKING

from node.machine.accounts import Group, User
from node.machine.files import ABSENT, HOME, ROOT, Json, capture, put, read_json, regular, text, utc
from node.machine.kind import Context, Kept, Kind, Left, key
from node.machine.packages import OWN_FILES, Packages
from node.machine.paths import Block, File, Folder
from node.machine.programs import Failure, call, reason, run
from node.machine.system import Command, Mount, Service, Sysctl

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = 1
ENDED: Json = {"changed": 0, "unchanged": 0, "would change": 0, "failed": 0, "left": [], "kept": []}
KINDS: dict[str, type[Kind]] = {
    "packages": Packages,
    "file": File,
    "block": Block,
    "folder": Folder,
    "group": Group,
    "user": User,
    "service": Service,
    "mount": Mount,
    "sysctl": Sysctl,
    "command": Command,
}


def main() -> int:
    try:
        request = json.loads(sys.stdin.buffer.read())
        applier = Applier(request)
        {"apply": applier.apply, "diff": applier.apply, "undo": applier.undo, "status": applier.status}[request["do"]]()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nobody listens; the interpreter flushes once more at its end
        return 1
    except Exception as failure:
        say("machine", "failed", reason(failure))
    print(json.dumps({"ended": ENDED}), flush=True)
    return 1 if ENDED["failed"] else 0


def say(resource: str, state: str, detail: str = "", diff: str = "") -> None:
    ENDED[state] += [resource] if state in ("left", "kept") else 1
    line = {"resource": resource, "state": "left" if state == "kept" else state, "detail": detail}
    print(json.dumps({**line, "diff": diff} if diff else line), flush=True)


class Applier:
    """A run. In the journal, `entries` are what we changed, by name, in that order: what was there `before`, digests of
    what we `wrote`, the `phase` begun or done, the resource `r`. `pending` is what changed files ask of others, and
    `restart` are services to restart once everything is given back."""

    def __init__(self, request: Json) -> None:
        self.request, self.cluster, self.dry = request, str(request["cluster"]), request["do"] == "diff"
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", self.cluster):
            raise Failure(f"{self.cluster!r} can't be the name of a cluster")
        self.folder = f"{HOME}/{self.cluster}"
        plan: Json = request["plan"] if request["do"] in ("apply", "diff") else {"schema": SCHEMA, "resources": ()}
        if plan["schema"] != SCHEMA:
            raise Failure(f"the plan has the schema {plan['schema']}, and this program knows {SCHEMA}")
        self.plan = [part for r in plan["resources"] for part in parts(r)]
        self.dirty = self.stopped = False
        self.load()

    def load(self) -> None:
        found = read_json(f"{self.folder}/journal.json") or self.request.get("journal") or {}
        empty = {"entries": {}, "pending": {}, "restart": [], "reload": False}
        self.journal: Json = {"schema": SCHEMA, "cluster": self.cluster, **empty, **found}
        if self.journal["schema"] != SCHEMA:
            raise Failure(f"the journal has the schema {self.journal['schema']}, and this program knows {SCHEMA}")
        self.entries: dict[str, Json] = self.journal["entries"]
        self.pending: dict[str, str] = self.journal["pending"]
        self.context = Context(self.plan, self.journal, self.folder, bool(self.request.get("delete_data")), self.save)

    def save(self) -> None:
        put(f"{self.folder}/journal.json", regular(json.dumps(self.journal), "0600"), durable=True)
        self.dirty = False

    def apply(self) -> None:
        """Make the machine what the plan says; with `dry`, say how it differs."""
        for other in os.listdir(ROOT + HOME) if os.path.isdir(ROOT + HOME) else ():
            if other != self.cluster and os.path.exists(f"{ROOT}{HOME}/{other}/journal.json"):
                raise Failure(f"this machine belongs to cluster {other}: destroy that one first")
        with contextlib.nullcontext() if self.dry else self.locked():
            if not self.request.get("partial"):
                self.give_back_unwanted({key(r): r for r in self.plan})
            all(self.set(r) for r in self.plan)

    def give_back_unwanted(self, wanted: dict[str, Json]) -> None:
        """Give back what the plan no longer has."""
        for name in self.backwards():
            if name not in wanted and not self.holds_wanted(name):
                self.give_back(name)
        if "packages" in self.entries and "packages" in wanted:
            self.give_back_packages(Packages(self.context, wanted["packages"]))
        self.restart_given_back()
        for name in self.pending.keys() - wanted.keys():
            del self.pending[name]

    def backwards(self) -> list[str]:
        """Return the entries in the order in which they are given back: the last first, but a command after its files.

        Only just after them: a folder that it has written into goes later.
        """
        order = [*self.entries][::-1]
        plan = {name: self.entries[name]["r"] for name in order}
        for name in [*plan][::-1]:
            read = [at for at, other in enumerate(order) if plan[other].get("path") in (plan[name].get("reads") or ())]
            order.insert(max([order.index(name), *read]), order.pop(order.index(name)))
        return order

    def undo(self) -> None:
        with self.locked():
            had_packages = "packages" in self.entries
            for name in self.backwards():
                self.give_back(name)
            if not self.entries and self.restart_given_back():
                if had_packages:
                    forget_failed_units()
                put(f"{self.folder}/journal.json", ABSENT)
                self.dirty = False

    def status(self) -> None:
        print(json.dumps({"journal": self.journal}), flush=True)

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other runs away, and let a signal end this one between two resources."""
        folder = ROOT + self.folder
        os.makedirs(folder, 0o700, exist_ok=True)
        with open(f"{folder}/lock", "a+", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                raise Failure(f"another run is at work on this machine: {lock.read() or 'it begins'}") from None
            if not os.fstat(lock.fileno()).st_nlink:
                raise Failure("another run has just given everything back")
            lock.truncate(0)
            print(f"{self.request['do']}, process {os.getpid()}, since {utc()}", end="", file=lock, flush=True)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, lambda *_: setattr(self, "stopped", True))
            self.load()  # as the run before left it
            try:
                yield
                if self.dirty:
                    self.save()
            finally:
                if not os.path.exists(f"{folder}/journal.json"):
                    self.clear_up(folder)

    def clear_up(self, folder: str) -> None:
        """Remove our own files from where no journal is, also those of runs that were killed."""
        for name in ("journal.json", *OWN_FILES):
            put(f"{self.folder}/{name}", ABSENT)
        with contextlib.suppress(OSError):  # the cluster's state may lie there
            os.unlink(f"{folder}/lock")
            os.rmdir(folder)
            os.rmdir(ROOT + HOME)

    def set(self, r: Json) -> bool:
        """Make it so, and report. Return whether to go on."""
        name, state, detail, diff = key(r), "unchanged", "", ""
        try:
            if r["kind"] not in KINDS:
                raise Failure("this program doesn't know the kind: it is of another version than the plan")
            kind = KINDS[r["kind"]](self.context, r)
            now = kind.look()
            goal = kind.goal(now)
            detail = kind.detail(now, goal) or self.pending.get(name, "")
            if detail:
                state, diff = "would change" if self.dry else "changed", kind.diff(now, goal)
                self.mark(r)
            if detail and not self.dry:
                self.change(name, kind, now, goal)
            elif name in self.entries:
                entry = self.entries[name]
                kind.finish(entry)
                wrote = entry["wrote"] if r.get("once") else [kind.digest(entry["before"]), kind.digest(goal)]
                self.note(name, kind, wrote)
        except Exception as failure:
            state, detail, diff = "failed", reason(failure), ""
        say(f"packages {' '.join(r['names'])}" if r["kind"] == "packages" else name, state, detail, diff)
        return state != "failed" or self.dry

    def change(self, name: str, kind: Kind, now: Json, goal: Json) -> None:
        """Note what is there, and change it. What a run that was killed has noted stays."""
        if self.stopped:
            raise Failure("a signal ended the run before this; the next one goes on")
        for path in missing_folders(kind.r):
            folder = {"kind": "folder", "path": path, "mode": "0755", "owner": "root", "group": "root"}
            made = Folder(self.context, folder)
            self.change(key(folder), made, ABSENT, made.goal(ABSENT))
            for inside in [each for each in self.entries if each.startswith(f"folder {path}/")]:
                self.entries[inside] = self.entries.pop(inside)  # noted before: it is given back before its folder
        entry = self.entries.setdefault(name, {"before": now, "wrote": [kind.digest(now)]})
        if kind.digest(now) not in entry["wrote"] and capture(kind.r["path"]) != ABSENT:
            self.keep_edited(kind.r["path"], entry)
        kind.begin(entry)
        entry.update(r=kind.kept(), phase="begun", wrote=[*entry["wrote"], kind.digest(goal)])
        self.save()
        self.context.units.clear()
        kind.put(now, goal)
        self.context.units.clear()
        self.pending.pop(name, None)
        self.note(name, kind, [kind.digest(entry["before"]), kind.digest(goal)])
        self.dirty = True

    def note(self, name: str, kind: Kind, wrote: list[str]) -> None:
        """Note that it is as it should be. The journal is written with the next change, or at the end."""
        done = {**self.entries[name], "r": kind.kept(), "phase": "done", "wrote": wrote}
        if kind.r.get("undo") == []:
            del self.entries[name]  # a command that leaves nothing to give back
        elif done != self.entries[name]:
            self.entries[name], self.dirty = done, True

    def keep_edited(self, path: str, entry: Json) -> None:
        """Copy beside it what somebody has made of a file of ours."""
        copy = f"{path}.before-{self.cluster}-{utc()}"
        entry.setdefault("copies", []).append(copy)
        self.save()
        put(copy, capture(path))

    def mark(self, r: Json) -> None:
        """Note what depends on it, since this run may be killed before they come."""
        for each in self.plan:
            for asked, word in (("reload_on", "reload"), ("restart_on", "restart"), ("reads", "run")):
                if r.get("path") in each.get(asked, ()) and not self.pending.get(key(each), "").startswith("restart"):
                    self.pending[key(each)] = f"{word}: {r['path']} has changed"
            if r["kind"] == "block" and r["name"] == key(each):
                self.pending[key(each)] = "remount: its line in fstab has changed"

    def give_back(self, name: str) -> None:
        """Put back what was there before, and report."""
        if self.dry:
            return say(name, "would change", "is given back")
        entry, state, detail = self.entries[name], "changed", "given back"
        kind = KINDS[entry["r"]["kind"]](self.context, entry["r"])
        try:
            if self.stopped:
                raise Failure("a signal ended the run before this; the next one goes on")
            now = kind.look()
            if kind.digest(now) not in entry["wrote"]:
                raise Left("somebody has changed it since")
            kind.undo(entry, now)
        except Left as left:
            state, detail = "kept" if isinstance(left, Kept) else "left", str(left)
            self.context.kept += [kind.r["path"]] if isinstance(left, Kept) and "path" in kind.r else []
        except Exception as failure:
            return say(name, "failed", reason(failure))
        del self.entries[name]
        self.context.units.clear()
        self.mark(entry["r"])
        self.journal["reload"] |= "/systemd/" in entry["r"].get("path", "")
        with contextlib.suppress(OSError):  # a full disk doesn't keep us from making room
            self.save()
        say(name, state, detail)
        for copy in entry.get("copies", ()):
            if capture(copy) != ABSENT:
                say(f"file {copy}", "left", "somebody's version of the file")
        return None

    def give_back_packages(self, kind: Packages) -> None:
        """Purge what an earlier plan had, and report."""
        entry = self.entries["packages"]
        gone = f"packages {' '.join(set(entry['r']['names']) - set(kind.kept()['names']))}"
        if gone == "packages ":
            return None
        if self.dry:
            return say(gone, "would change", "is given back")
        try:
            kind.give_back_unwanted(entry)
            entry["r"] = kind.kept()
            self.save()
        except Exception as failure:
            return say(gone, "failed", reason(failure))
        return say(gone, "changed", "given back")

    def restart_given_back(self) -> bool:
        """Have systemd see the units as they were, and restart services that ran before, with their files of before.

        Return whether all of them run that still exist.
        """
        if self.journal["reload"] and not self.dry:
            call("systemctl", "daemon-reload")
            self.journal["reload"], self.dirty = False, True
        for name in [*self.journal["restart"]] if not self.dry else ():
            try:
                if self.context.unit(name)["LoadState"] != "not-found":
                    call("systemctl", "restart", "--", name)
                self.journal["restart"].remove(name)
                self.dirty = True
            except Failure as failure:
                say(f"service {name}", "failed", str(failure))
        return not self.journal["restart"]

    def holds_wanted(self, name: str) -> bool:
        """Return whether it is a folder that was made for something in it, which the plan still has."""
        inside = f"{self.entries[name]['r'].get('path')}/"
        return name.startswith("folder ") and any(r.get("path", "").startswith(inside) for r in self.plan)


def forget_failed_units() -> None:
    """Have systemd forget failures of units that are gone with their packages."""
    with contextlib.suppress(Failure):  # no systemd, no units
        listed = run("systemctl", "list-units", "--all", "--state=failed", "--plain", "--no-legend")[1]
        gone = [line.split()[0] for line in listed.splitlines() if line.split()[1:2] == ["not-found"]]
        if gone:
            run("systemctl", "reset-failed", "--", *gone)


def missing_folders(r: Json) -> list[str]:
    """Return the folders that lack for it, outer ones first."""
    steps = r.get("path", "").split("/")[1:-1]
    folders = ["/" + "/".join(steps[: n + 1]) for n in range(len(steps))]
    return [folder for folder in folders if not os.path.isdir(ROOT + folder)]


def parts(r: Json) -> list[Json]:
    """Return what a resource is made of: itself, but for a host's name and a mount."""
    if r["kind"] == "hostname":
        about = {"mode": "0644", "owner": "root", "group": "root"}
        file = {"kind": "file", "path": "/etc/hostname", "content": f"{r['name']}\n", **about}
        return [file, {"kind": "sysctl", "key": "kernel.hostname", "value": r["name"]}]
    if r["kind"] == "mount":
        fields = [re.sub(r"[\\\s]", octal, r[name]) for name in ("source", "target", "type", "options")]
        block = {"kind": "block", "path": "/etc/fstab", "name": f"mount {r['target']}", "mode": "0644"}
        others = re.sub("(?ms)^# BEGIN cluster-provision .*?^# END ", "# ", text(capture("/etc/fstab")))
        if not any(line.split()[1:2] == [fields[1]] for line in others.splitlines()):  # a line of the user's own stays
            return [{**block, "lines": [" ".join([*fields, "0 0"])]}, r]
    return [r]


def octal(found: re.Match[str]) -> str:
    """Return a character as fstab(5) has those that end a field."""
    return f"\\{ord(found[0]):03o}"


if __name__ == "__main__":
    sys.exit(main())
