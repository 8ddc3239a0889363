"""Files, blocks of lines in files of others, and folders."""

from __future__ import annotations

import difflib
import os
import re
import shutil

from node.machine.files import (
    ABSENT,
    ROOT,
    Json,
    attributes,
    capture,
    described,
    mounted,
    opened,
    put,
    refuse_mounts,
    regular,
    text,
)
from node.machine.kind import Kept, Kind, Left
from node.machine.programs import Failure

MARKS = ("# BEGIN cluster-provision {}\n", "# END cluster-provision {}\n")
DIFF_LIMIT = 2**20
"""Characters of a file that is still compared line by line."""


class File(Kind):
    ours = ("type", "data", "target")

    def look(self) -> Json:
        return capture(self.r["path"])

    def goal(self, now: Json) -> Json:
        if now["type"] not in ("absent", "file", "link"):
            raise Failure(f"a {now['type']} is in its place")
        if self.r.get("once") and now != ABSENT:
            return now
        return regular(*(self.r[name] for name in ("content", "mode", "owner", "group")))

    def put(self, now: Json, goal: Json) -> None:
        put(self.r["path"], goal)

    def diff(self, now: Json, goal: Json) -> str:
        """Return the lines that change, but those of a file that is or was secret, or that isn't for everybody."""
        entry = self.context.entry(self.r)
        others = entry is None and now["type"] == "file" and not int(now["mode"], 8) & 0o004
        secret = self.r.get("secret") or others or (entry is not None and entry["r"].get("secret"))
        return "" if secret else unified(self.r["path"], text(now), text(goal))


class Block(Kind):
    """`block` is what lies between the marks, marks included; `ended`: whether the file ends with the end of a line."""

    ours = ("block",)

    def look(self) -> Json:
        self.file = capture(self.r["path"])
        if self.file["type"] not in ("absent", "file"):
            raise Failure(f"a {self.file['type']} is in the file's place")
        self.marks = [mark.format(self.r["name"]) for mark in MARKS]
        self.whole = text(self.file)
        found = re.search("(?ms)^" + ".*?^".join(re.escape(mark) for mark in self.marks), self.whole)
        start, end = found.span() if found else (len(self.whole), len(self.whole))
        self.head, self.tail = self.whole[:start], self.whole[end:]
        ended = self.whole[-1:] in ("", "\n")
        return {"there": self.file != ABSENT, "ended": ended, "block": self.whole[start:end]}

    def goal(self, now: Json) -> Json:
        if any("\n" in line for line in (self.r["name"], *self.r["lines"])):
            raise Failure("one of its lines holds the end of a line")
        block = self.marks[0] + "".join(f"{line}\n" for line in self.r["lines"]) + self.marks[1]
        return {**now, "there": True, "block": block}

    def replaced(self, goal: Json) -> str:
        """Return the file's text with another block."""
        head, block = self.head, str(goal["block"])
        if block and head and not head.endswith("\n"):
            head += "\n"
        if not block and not self.tail and not goal["ended"]:
            head = head.removesuffix("\n")  # which came with the block
        return head + block + self.tail

    def put(self, now: Json, goal: Json) -> None:
        whole = self.replaced(goal)
        if whole or (goal["there"] and now["there"]):
            made = regular(whole, self.r["mode"], self.r.get("owner", "root"), self.r.get("group", "root"))
            put(self.r["path"], {**self.file, "data": made["data"]} if now["there"] else made)
        else:
            put(self.r["path"], ABSENT)
        if whole and not goal["there"]:
            raise Left("others have written into the file, which was made for it")

    def detail(self, now: Json, goal: Json) -> str:
        return "" if now["block"] == goal["block"] else "lines changed" if now["block"] else "lines added"

    def diff(self, now: Json, goal: Json) -> str:
        return unified(self.r["path"], self.whole, self.replaced(goal))


class Folder(Kind):
    def look(self) -> Json:
        try:
            with opened(self.r["path"]) as folder:
                return described(os.fstat(folder))
        except FileNotFoundError:
            return ABSENT

    def goal(self, now: Json) -> Json:
        if now != ABSENT and self.r.get("once"):
            return now
        if (
            now != ABSENT
            and self.r["path"] in {r["target"] for r in self.context.plan if r["kind"] == "mount"} & mounted()
        ):
            return now  # it is the other file system's
        return attributes("folder", self.r["mode"], self.r["owner"], self.r["group"])

    def put(self, now: Json, goal: Json) -> None:
        if goal != ABSENT:
            put(self.r["path"], goal)
        elif now != ABSENT:
            refuse_mounts(self.r["path"])
            self.remove(ROOT + self.r["path"])

    def remove(self, path: str) -> None:
        inside = sorted(os.listdir(path))
        if inside and self.r.get("data") and not self.context.delete_data:
            raise Kept("it holds data")
        if inside and all(self.leads_to_data(name) for name in inside):
            raise Kept("it leads to data")
        if inside and not (self.r.get("data") or self.r.get("contents")):
            raise Left(f"it holds {', '.join(inside[:5])}{', …' if inside[5:] else ''}")
        if inside:
            shutil.rmtree(path)
        else:
            os.rmdir(path)

    def leads_to_data(self, name: str) -> bool:
        """Return whether what is there under this name was made for data, which stay."""
        return any(f"{kept}/".startswith(f"{self.r['path']}/{name}/") for kept in self.context.kept)


def unified(path: str, old: str, new: str) -> str:
    """Return the lines that differ, as `diff -u` shows them."""
    if len(old) + len(new) > DIFF_LIMIT:
        return ""
    return "\n".join(difflib.unified_diff(old.splitlines(), new.splitlines(), path, path, lineterm=""))
