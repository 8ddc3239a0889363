"""Users and groups."""

from __future__ import annotations

import os

from node.machine.files import ABSENT, ROOT, Json, number, refuse_mounts, table
from node.machine.kind import Kept, Kind, Left
from node.machine.programs import Failure, call, run, telling

HOME_NOT_REMOVED = 12
"""userdel's exit status where the user is gone, and the home is not: userdel(8)."""


class Group(Kind):
    def look(self) -> Json:
        fields = table("group").get(self.r["name"])
        return {"gid": int(fields[1])} if fields else ABSENT

    def goal(self, now: Json) -> Json:
        if now not in (ABSENT, {"gid": self.r["gid"]}):
            raise Failure(f"the group is there with the number {now['gid']}, not {self.r['gid']}: change one of both")
        return {"gid": self.r["gid"]}

    def put(self, now: Json, goal: Json) -> None:
        if goal != ABSENT:
            call("groupadd", f"--gid={self.r['gid']}", *["--system"] * self.r["system"], "--", self.r["name"])
        elif now == {"gid": self.r["gid"]}:
            users = [name for name, fields in table("passwd").items() if fields[2] == str(self.r["gid"])]
            if users:
                raise Left(f"it is the group of {', '.join(users)}")
            call("groupdel", "--", self.r["name"])


class User(Kind):
    """`groups` are further ones. A user who is locked has an account that expired on the first day of 1970."""

    def look(self) -> Json:
        fields = table("passwd").get(self.r["name"])
        if not fields:
            return ABSENT
        numbers = {"uid": int(fields[1]), "gid": int(fields[2])}
        groups = sorted(name for name, each in table("group").items() if self.r["name"] in each[2].split(","))
        locked = table("shadow").get(self.r["name"], [""] * 7)[6] == "1"
        return {**numbers, "home": fields[4], "shell": fields[5], "groups": groups, "locked": locked}

    def goal(self, now: Json) -> Json:
        goal = {"uid": self.r["uid"], "gid": number("group", self.r["group"])}
        entry = self.context.entry(self.r)
        ours = entry is not None and entry["before"] == ABSENT  # whose group may change
        if now != ABSENT and (now["uid"] != goal["uid"] or (now["gid"] != goal["gid"] and not ours)):
            raise Failure(
                f"the user is there with the numbers {now['uid']}:{now['gid']}, not {goal['uid']}:{goal['gid']}: "
                "change one of both"
            )
        groups = sorted({*now.get("groups", ())} - self.given() | {*self.r["groups"]})
        return {**goal, "groups": groups, **{part: self.r[part] for part in ("home", "shell", "locked")}}

    def given(self) -> set[str]:
        """Return the groups that we gave to a user."""
        entry = self.context.entry(self.r) or {"r": {"groups": ()}, "before": {}}
        return {*entry["r"]["groups"]} - {*entry["before"].get("groups", ())}

    def begin(self, entry: Json) -> None:
        entry.setdefault("home", os.path.lexists(ROOT + self.r["home"]))

    def put(self, now: Json, goal: Json) -> None:
        options = [f"--{part}={goal[part]}" for part in ("home", "shell") if now.get(part) != goal[part]]
        if now.get("groups", []) != goal["groups"]:
            options.append(f"--groups={','.join(goal['groups'])}")
        if now.get("locked", False) != goal["locked"]:
            options.append(f"--expiredate={'1' if goal['locked'] else ''}")
        if now != ABSENT:
            options += [f"--gid={goal['gid']}"] * (now["gid"] != goal["gid"])
            if options:
                call("usermod", *options, "--", self.r["name"])
            return
        options += [f"--uid={self.r['uid']}", f"--gid={self.r['group']}", "--password=*"]  # no password lets them in
        options += ["--system"] * self.r["system"] + ["--create-home" if self.r["make_home"] else "--no-create-home"]
        call("useradd", *options, "--", self.r["name"])

    def undo(self, entry: Json, now: Json) -> None:
        before, home = entry["before"], self.r["home"]
        if now == ABSENT:
            return
        if before != ABSENT:
            self.put(now, {**before, "groups": sorted({*now["groups"]} - self.given())})
            return
        if now["uid"] != self.r["uid"]:
            raise Left(f"it has the number {now['uid']} by now")
        made = self.r["make_home"] and not entry["home"] and os.path.lexists(ROOT + home)
        if made and self.context.delete_data:
            refuse_mounts(home)
            status, output = run("userdel", "--remove", "--", self.r["name"])
            if status not in (0, HOME_NOT_REMOVED):
                raise Failure(f"userdel ended with {status}: {telling(output)}")
            if os.path.lexists(ROOT + home):
                raise Left(f"its home {home} stays: {telling(output)}")
            return
        call("userdel", "--", self.r["name"])
        if made:
            raise Kept(f"its home {home} stays")
