"""Services, mounts, the kernel's parameters, and commands."""

from __future__ import annotations

import contextlib
import os
import re

from node.machine.files import ABSENT, ROOT, Json, mounted
from node.machine.kind import Kind, key
from node.machine.programs import Failure, call, run, telling

RUNNING = ("active", "reloading")
OFF = ("", "disabled", "masked", "masked-runtime", "enabled-runtime")
"""UnitFileState of what has to be enabled. What is static, indirect, generated or an alias can't be: systemctl(1)."""


class Service(Kind):
    """The states are systemd's own words."""

    def look(self) -> Json:
        unit = self.context.unit(self.r["name"])
        return {"enabled": unit["UnitFileState"], "active": unit["ActiveState"]}

    def goal(self, now: Json) -> Json:
        return {
            "enabled": "enabled" if now["enabled"] in OFF else now["enabled"],
            "active": now["active"] if now["active"] in RUNNING else "active",
        }

    def put(self, now: Json, goal: Json) -> None:
        name, unit = self.r["name"], self.context.unit(self.r["name"])
        if unit["NeedDaemonReload"] == "yes" or unit["LoadState"] == "not-found":
            call("systemctl", "daemon-reload")
            self.context.units.clear()
            if self.context.unit(name)["LoadState"] == "not-found":
                raise Failure("systemd knows no such unit")
        if now["enabled"] != goal["enabled"]:
            if now["enabled"].startswith("masked"):
                self.control("unmask")
            self.control({"enabled": "enable", "masked": "mask"}.get(goal["enabled"], "disable"))
        asked = self.context.journal["pending"].get(key(self.r), "")
        if goal["active"] not in RUNNING:
            self.control("stop")
        elif now["active"] not in RUNNING:
            run("systemctl", "reset-failed", name)  # it may have failed too often to be started again
            self.control("start")
        elif asked:
            self.control("reload-or-restart" if asked.startswith("reload") else "restart")

    def control(self, verb: str) -> None:
        status, output = run("systemctl", verb, "--", self.r["name"])
        if status:
            with contextlib.suppress(Failure):
                output += run("journalctl", f"--unit={self.r['name']}", "--lines=4", "--output=cat", "--no-pager")[1]
            raise Failure(f"systemctl {verb}: {telling(output)}")

    def undo(self, entry: Json, now: Json) -> None:
        journal, before = self.context.journal, entry["before"]
        journal["reload"] = True
        if self.context.unit(self.r["name"])["LoadState"] == "not-found":
            return
        if before["active"] in RUNNING:
            paths = {each["r"].get("path") for each in journal["entries"].values()}
            if now["active"] not in RUNNING or paths & {*self.r["restart_on"], *self.r["reload_on"]}:
                journal["restart"].append(self.r["name"])
            before = {**before, "active": now["active"]} if now["active"] in RUNNING else before
        self.put(now, before)


class Mount(Kind):
    """The mount itself; its line in fstab is a Block of its own (see `parts`)."""

    def look(self) -> Json:
        return {"type": "mounted"} if self.r["target"] in mounted() else ABSENT

    def goal(self, now: Json) -> Json:
        return {"type": "mounted"}

    def put(self, now: Json, goal: Json) -> None:
        if now != ABSENT:
            call("umount", "--", self.r["target"])
        if goal != ABSENT:
            call("mount", "--", self.r["target"])

    def undo(self, entry: Json, now: Json) -> None:
        self.context.journal["reload"] = True
        if now != entry["before"] == ABSENT:
            self.put(now, ABSENT)


class Sysctl(Kind):
    def look(self) -> Json:
        with contextlib.suppress(FileNotFoundError), open(self.path(), encoding="utf-8") as file:
            return {"value": " ".join(file.read().split())}
        return {"value": None}

    def goal(self, now: Json) -> Json:
        return {"value": " ".join(self.r["value"].split())}

    def put(self, now: Json, goal: Json) -> None:
        fd = os.open(self.path(), os.O_WRONLY | os.O_TRUNC)
        try:
            os.write(fd, f"{goal['value']}\n".encode())
        finally:
            os.close(fd)

    def path(self) -> str:
        """Return its file. Where the key's first separator is a slash, dots are part of names: sysctl(8)."""
        name = str(self.r["key"])
        swapped = str.maketrans("./", "/.")
        return f"{ROOT}/proc/sys/" + (name if re.match(r"[^.]*/", name) else name.translate(swapped))


class Command(Kind):
    def look(self) -> Json:
        with contextlib.suppress(Failure):  # what it would run may come with a package
            return {"done": bool(self.r.get("unless")) and run(*self.r["unless"])[0] == 0}
        return {"done": False}

    def goal(self, now: Json) -> Json:
        return {"done": True}

    def put(self, now: Json, goal: Json) -> None:
        call(*self.r["argv"], feed=self.r["input"])

    def undo(self, entry: Json, now: Json) -> None:
        if self.r["undo"]:
            call(*self.r["undo"])

    def detail(self, now: Json, goal: Json) -> str:
        return "" if now["done"] else "is run"
