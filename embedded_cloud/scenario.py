"""Things that go wrong on purpose: the rules of `scenario.json` in the embedded cloud's folder.

    {"rules": [{"match": {"method": "POST", "host": "compute.googleapis.com", "path": "instanceGroupManagers"},
                "skip": 1, "times": 2, "status": 403, "body": {"error": {…}}, "headers": {}, "delay": 0.5,
                "after": false}]}

`method`, `host` and `path` are regular expressions (`method` and `host` must match whole, `path` is searched for in the
path with its query); one that is missing matches all. A rule lets its first `skip` matches pass, then holds for `times`
matches (for ever where it isn't given): it waits `delay` seconds and, where it has a `status`, answers in the cloud's
place. Status 0 closes the connection without an answer. With `after` the cloud does what it was asked first, so that
its own answer alone is lost. The file is read again whenever it changes.

Machines ask too, as host `machines.rehearsal.internal` with the path `/<project>/<zone>/<instance>`, on Azure
`/<subscription>/<location>[-<zone>]/<computer name>`: method `BOOT` with a status refuses to boot (`body` is {"code",
"message"}, shown by listErrors and lastAttempt, and by Azure's operation), and without one makes it slow; method
`PREEMPT` with a status takes one of Google's machines away `delay` seconds after it began to run, for its group to make
anew; method `RECORD` with a status makes a played machine write `body` over its record, or no record where there is no
body; method `COMMAND` with a status makes the played machine that runs a Slurm cluster's STARTUP_COMMAND write `body`
over its outcome. Method `CONNECT` with a status lets nobody through to a machine that exists already,
`/existing/here/<name>`, and `body` says why; method `RUN` with a status breaks the connection to a played one in place
of a command. Method `PATIENCE` with the path of a GKE node pool has GKE wait for its machines for `body` seconds
instead of 35 minutes.
"""

from __future__ import annotations

import json
import re
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from embedded_cloud.exchange import Answer

if TYPE_CHECKING:
    from pathlib import Path

MACHINES_HOST = "machines.rehearsal.internal"
RULE = {"match", "skip", "times", "status", "body", "headers", "delay", "after"}
MATCH = {"method", "host", "path"}


def rules_of(text: str) -> list[Rule]:
    """The rules in a scenario's text. Raises ValueError, with what is wrong."""
    given = json.loads(text)
    if not isinstance(given, dict) or given.keys() - {"rules"} or not isinstance(given.get("rules", []), list):
        raise ValueError('it has to be {"rules": [...]}')
    return [Rule.of(each) for each in given.get("rules", ())]


@dataclass
class Rule:
    method: re.Pattern[str]
    host: re.Pattern[str]
    path: re.Pattern[str]
    skip: int
    left: float
    status: int | None
    body: Any
    headers: tuple[tuple[str, str], ...]
    delay: float
    after: bool

    @classmethod
    def of(cls, given: dict[str, Any]) -> Rule:
        """The rule in an object of the file. Raises ValueError."""
        match = given.get("match", {}) if isinstance(given, dict) else {}
        if not isinstance(given, dict) or not isinstance(match, dict):
            raise ValueError(f"{json.dumps(given)} is not a rule")
        if unknown := [*(given.keys() - RULE), *(match.keys() - MATCH)]:
            raise ValueError(f"a rule has no {', '.join(sorted(unknown))}")
        try:
            return cls._made(given, match)
        except (TypeError, AttributeError, re.error) as error:
            raise ValueError(f"{json.dumps(given)}: {error}") from error

    @classmethod
    def _made(cls, given: dict[str, Any], match: dict[str, Any]) -> Rule:
        return cls(
            method=re.compile(match.get("method", ".*"), re.IGNORECASE),
            host=re.compile(match.get("host", ".*")),
            path=re.compile(match.get("path", "")),
            skip=int(given.get("skip", 0)),
            left=float(given.get("times", "inf")),
            status=given.get("status"),
            body=given.get("body"),
            headers=tuple((str(k), str(v)) for k, v in given.get("headers", {}).items()),
            delay=float(given.get("delay", 0)),
            after=bool(given.get("after", False)),
        )

    def apply(self) -> Answer | None:
        """Wait as the rule says. Returns its answer, or None where the cloud itself answers."""
        time.sleep(self.delay)
        if self.status is None:
            return None
        if isinstance(self.body, str):
            return Answer(self.status, self.body.encode(), (("Content-Type", "text/plain"), *self.headers))
        return Answer.json(self.body if self.body is not None else {}, self.status, *self.headers)


class Scenario:
    """The rules in `file`, which may be missing, appear later, or change."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seen: tuple[int, int] | None = None
        self._rules: list[Rule] = []
        self._lock = threading.Lock()

    def rule_for(self, method: str, host: str, target: str) -> Rule | None:
        """The first rule that matches this request, counted as used."""
        with self._lock:
            self._refresh()
            for rule in self._rules:
                if rule.left <= 0 or not (rule.method.fullmatch(method) and rule.host.fullmatch(host)):
                    continue
                if not rule.path.search(target):
                    continue
                if rule.skip > 0:
                    rule.skip -= 1
                    continue
                rule.left -= 1
                return rule
        return None

    def apply(self, method: str, host: str, target: str) -> Answer | None:
        """Wait as the rule says. Returns its answer, or None where the cloud itself answers."""
        rule = self.rule_for(method, host, target)
        return rule.apply() if rule is not None else None

    def _refresh(self) -> None:
        try:
            stat = self._file.stat()
        except OSError:
            self._seen, self._rules = None, []
            return
        if (stat.st_mtime_ns, stat.st_size) == self._seen:
            return
        try:
            self._rules = rules_of(self._file.read_text())
        except (ValueError, OSError):
            return  # half written: read again at the next request
        self._seen = (stat.st_mtime_ns, stat.st_size)
