"""Packages of Debian and its like: installed for a cluster, and purged again with what came along for them."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import time
from functools import lru_cache

from node.machine.files import ABSENT, ROOT, Json, capture, put, read_json, regular, table
from node.machine.kind import Kind, Left, key
from node.machine.paths import Folder
from node.machine.programs import Failure, call, run, telling

POLICY = "/usr/sbin/policy-rc.d"
DENIED = "#!/bin/sh\nexit 101\n"
"""While POLICY says so, packages start no service: invoke-rc.d(8), deb-systemd-invoke(1p)."""
PATIENCE = 300
"""Seconds to wait for the locks of other processes, such as the machine's own upgrades."""
APT = ("apt-get", "-q", "-y", "-o", f"DPkg::Lock::Timeout={PATIENCE}", "-o", "Dpkg::Options::=--force-confold")
REPAIRS = {
    "dpkg --configure -a": ("dpkg", "--force-confold", "--configure", "-a"),
    "Unable to locate|no installation candidate|was not found|404 +Not Found": (*APT, "update"),
}
"""What apt-get says, and what to do before it is tried once more."""
BEFORE, PURGING = OWN_FILES = ("before-packages.json", "before-purge.json")
"""Beside the journal: what there was before apt's run that is noted as begun, and what a purge may delete of others."""
LARGE = 2**20
"""Bytes of a file in /etc that isn't looked at: udev's hardware database has 10 MB."""
COPY = re.compile(r"\.(ucf|dpkg)-(dist|new|old|tmp)$")
PERSONS = 1000
"""The first number that Debian gives to a person: adduser.conf(5)."""


class Packages(Kind):
    """All packages of a plan are one entry of the journal. There, `came` has what each of ours was before: "" or
    "config-files"; `upgraded` the versions of others; `etc`, `users`, `groups` what appeared while apt ran; `altered`
    what was in /etc before and is in these packages' folders."""

    def look(self) -> Json:
        have = packages()
        lacking = []
        for each in self.r["names"]:
            name, _, version = each.partition("=")
            state, installed = have.get(name, ("", ""))
            if state != "installed" or version not in ("", installed):
                lacking.append(each)
        return {"lacking": lacking}

    def goal(self, now: Json) -> Json:
        return {"lacking": []}

    def detail(self, now: Json, goal: Json) -> str:
        return f"installs {', '.join(now['lacking'])}" if now["lacking"] else ""

    def kept(self) -> Json:
        return {"kind": "packages", "names": sorted({n for r in self.context.plan for n in r.get("names", ())})}

    def begin(self, entry: Json) -> None:
        if "policy" not in entry:  # else a run was killed while apt ran, and has noted what there was before
            put(f"{self.context.folder}/{BEFORE}", regular(json.dumps(snapshot()), "0600"), durable=True)
            entry["policy"] = capture(POLICY)
        for r in self.context.plan:  # a folder for data, or of daemons, may come with a package
            wanted = r.get("data") or r.get("contents")
            if wanted and not self.context.entry(r) and capture(r["path"]) == ABSENT:
                folder = Folder(self.context, r)
                noted = {"r": folder.kept(), "phase": "begun", "before": ABSENT, "wrote": [folder.digest(ABSENT)]}
                self.context.journal["entries"][key(r)] = noted

    def put(self, now: Json, goal: Json) -> None:
        put(POLICY, regular(DENIED, "0755"))
        try:
            # One that is there would be marked as wanted by a person, and upgraded.
            apt("install", "--no-install-recommends", *now["lacking"])
        finally:
            self.settle(self.context.journal["entries"]["packages"])

    def finish(self, entry: Json) -> None:
        self.settle(entry)

    def settle(self, entry: Json) -> None:
        """Note what a run of apt brought, also one that was killed, and let packages start services again."""
        before = f"{self.context.folder}/{BEFORE}"
        if "policy" in entry:
            put(POLICY, entry["policy"])
            note_difference(entry, read_json(before), snapshot())
            del entry["policy"]
            self.context.save()
        put(before, ABSENT)

    def undo(self, entry: Json, now: Json) -> None:
        self.settle(entry)
        going, staying = removable(entry, [])
        self.purge(entry, going)
        if staying:
            raise Left(staying)
        for path, (was, became) in entry["altered"].items():
            if digest(capture(path)) in (became, digest(ABSENT)):
                put(path, was)
        for path in sorted(entry["etc"], reverse=True):
            remove_leftover(path, entry["etc"])
        for name in set(entry["users"]) & table("passwd").keys():
            call("userdel", name)
        for name in set(entry["groups"]) & table("group").keys():
            call("groupdel", name)
        left = [path for path in entry["etc"] if capture(path) != ABSENT]
        left += [f"{name}, which had version {version}" for name, version in entry["upgraded"].items()]
        if left:
            raise Left(f"these came along, and stay: {'; '.join(left)}")

    def give_back_unwanted(self, entry: Json) -> None:
        """Purge those that the plan no longer has, with what came along for them alone."""
        self.settle(entry)
        wanted = [name.partition("=")[0] for name in self.kept()["names"]]
        self.purge(entry, removable(entry, wanted)[0])

    def purge(self, entry: Json, names: list[str]) -> None:
        """Purge them, and put back what else their scripts delete in /etc.

        On Debian 12, slurm-wlm-basic-plugins has `rm -rf /etc/slurm`, and munge deletes its key, whoever made them.
        """
        saved = f"{self.context.folder}/{PURGING}"
        states = read_json(saved)  # of a run that was killed
        if states is None and names:
            came = set(entry["etc"])
            states = {path: state for path, state in states_of_etc().items() if path not in came}
            put(saved, regular(json.dumps(states), "0600"), durable=True)
        if names:
            configured = [name for name in names if entry["came"][name]]
            if configured:
                apt("remove", *names)
            if len(configured) < len(names):
                apt("purge", *(name for name in names if name not in configured))
        for path, state in (states or {}).items():
            if capture(path) == ABSENT:
                put(path, state)
        put(saved, ABSENT)


def apt(*words: str) -> None:
    """Call apt-get, which waits for dpkg's lock. What is wrong with dpkg or the lists is repaired once."""
    repairs, failed = dict(REPAIRS), ""
    while True:
        status, output = run(*APT, "-o", "APT::Get::AutomaticRemove=false", *words)
        if not status:
            return
        said = next((said for said in repairs if re.search(said, output)), None)
        if said is None:
            raise Failure(f"apt-get {words[0]} ended with {status}: {telling(output)}{failed}")
        status, output = patiently(*repairs.pop(said))
        if status:  # one repository of several may be gone
            failed += f"; {telling(output)}"


def patiently(*argv: str) -> tuple[int, str]:
    """Run a program that doesn't wait for the lock of the lists, or of dpkg, by itself."""
    until = time.monotonic() + PATIENCE
    while True:
        status, output = run(*argv)
        if (
            not status
            or not re.search(r"(?i)could not get lock|is locked by another", output)
            or time.monotonic() > until
        ):
            return status, output
        time.sleep(2)


def note_difference(entry: Json, before: Json, now: Json) -> None:
    """Note in the journal's entry what a run of apt brought."""
    came, upgraded = entry.setdefault("came", {}), entry.setdefault("upgraded", {})
    for name, (state, version) in now["packages"].items():
        was, old = before["packages"].get(name, ("", ""))
        if was in ("", "config-files") and state != was:
            came.setdefault(name, was)
        elif version != old and name not in came:
            upgraded.setdefault(name, old)
    for what in ("etc", "users", "groups"):
        entry[what] = sorted({*entry.get(what, ()), *(set(now[what]) - set(before[what]))})
    altered = [path for path, state in before["etc"].items() if now["etc"].get(path, state) != state]
    of = owners({top_folder(path) for path in altered})
    ours = {folder for folder, names in of.items() if names <= came.keys()}
    noted = entry.setdefault("altered", {})
    for path in altered:
        if top_folder(path) in ours:
            noted[path] = (noted.get(path, [before["etc"][path]])[0], digest(now["etc"][path]))


def owners(paths: set[str]) -> dict[str, set[str]]:
    """Return the packages of each path that belongs to some."""
    said = run("dpkg-query", "--search", *sorted(paths))[1] if paths else ""
    lines = [line.rpartition(": ") for line in said.splitlines()]
    return {path: {name.split(":")[0] for name in names.split(", ")} for names, _, path in lines if path in paths}


def top_folder(path: str) -> str:
    """Return the part of a path that is directly in /etc."""
    return "/".join(path.split("/")[:3])


def digest(state: Json) -> str:
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()


def removable(entry: Json, keep: list[str]) -> tuple[list[str], str]:
    """Return those of ours that nothing else depends on, and in dpkg's words why the others stay."""
    have, came = packages(), entry["came"]
    ours = [name for name in came if have.get(name, (came[name], ""))[0] != came[name] and name not in keep]
    said = run("dpkg", "--simulate", "--purge", *ours)[1] if ours else ""
    staying = set(re.findall(r"error processing package (\S+?)(?::\w+)? ", said))
    return [n for n in ours if n.split(":")[0] not in staying], "; ".join(
        re.findall(r"(?m)^ (.* depends on .*)\.$", said)
    )


def remove_leftover(path: str, came: list[str]) -> None:
    """Remove what purged packages have left in a folder of /etc that came with them, links that lead nowhere, and
    copies that dpkg and ucf make of a file that came with them, as of Debian 13's /etc/default/nfs-common."""
    state = capture(path)
    leads_nowhere = state["type"] == "link" and not os.path.exists(ROOT + path)
    copied = COPY.sub("", path)
    if state["type"] == "folder":
        with contextlib.suppress(OSError):  # somebody's files are in it
            os.rmdir(ROOT + path)
    elif leads_nowhere or top_folder(path) in {*came} - {path} or (copied != path and copied in came):
        put(path, ABSENT)


def snapshot() -> Json:
    """Return what an installation may add to."""
    return {
        "packages": packages(),
        "etc": states_of_etc(),
        "users": system_accounts("passwd"),
        "groups": system_accounts("group"),
    }


def system_accounts(file: str) -> list[str]:
    return [name for name, fields in table(file).items() if fields[1].isdigit() and int(fields[1]) < PERSONS]


def packages() -> dict[str, tuple[str, str]]:
    """Return dpkg's state and version of each package, but of those that aren't there at all. A second architecture's
    has it behind its name."""
    path = f"{ROOT}/var/lib/dpkg/status"
    return packages_of(path, os.stat(path).st_mtime_ns)


@lru_cache(maxsize=1)
def packages_of(path: str, changed: int) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    with open(path, encoding="utf-8", errors="replace") as file:
        paragraphs = file.read().split("\n\n")
    for each in paragraphs:
        fields = dict(re.findall(r"^(Package|Architecture|Status|Version): (.*)$", each, re.MULTILINE))
        state = fields.get("Status", "").rpartition(" ")[2]
        if state not in ("", "not-installed"):
            name = fields["Package"]
            found[f"{name}:{fields.get('Architecture')}" if name in found else name] = (
                state,
                fields.get("Version", ""),
            )
    return found


def states_of_etc() -> dict[str, Json]:
    """Return everything below /etc but large files, folders before what is in them."""
    walked = os.walk(f"{ROOT}/etc")
    paths = sorted(os.path.join(folder, name)[len(ROOT) :] for folder, ds, fs in walked for name in (*ds, *fs))
    states: dict[str, Json] = {}
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            if os.lstat(ROOT + path).st_size < LARGE:
                states[path] = capture(path)
    return states
