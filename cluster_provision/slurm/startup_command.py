"""STARTUP_COMMAND on a cloud's Slurm cluster: the order that the tool leaves in the state store, and its outcome.

The machine where users log in runs it once: the first login node, else the controller. The outcome is an object of its
own, and no part of a machine's record, so that a machine which is made anew doesn't run the command again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_args

from cluster_provision.node import CommandResults

if TYPE_CHECKING:
    from collections.abc import Mapping

SCHEMA = 1
ORDER_FILE = "files/slurm/command.json"
"""Below <deployment>/ in the state store, as the outcomes are."""

OutcomeStatus = Literal["running", "ok", "failed"]


def outcome_file(name: str) -> str:
    """Where the outcome of the order of this name is; whoever makes it first runs the command."""
    return f"nodes/command/{name}.json"


@dataclass(frozen=True)
class Order:
    """A command to run once; `name` is another one for each time that it is to run."""

    name: str
    command: str = field(repr=False)

    def text(self) -> str:
        """The file's text."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, indent=1, sort_keys=True) + "\n"


def read_order(text: str | None) -> Order | None:
    """Read ORDER_FILE; None where there is none, or none of this schema."""
    given = _object(text)
    if given is None or given.get("schema") != SCHEMA:
        return None
    return Order(str(given.get("name") or ""), str(given.get("command") or ""))


@dataclass(frozen=True)
class JobEnd:
    """One of the command's jobs: `state` is Slurm's word, such as COMPLETED or TIMEOUT; `reason` what it waits for."""

    id: str
    state: str
    reason: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of an order.

    `exit` is the command's own status, None before its end; `jobs` are those that its user has submitted since it
    began. `tail` are the last lines of a command that failed. `mark` is another one for each start: by it, whoever
    wrote this knows its own writing again.
    """

    name: str
    machine: str
    mark: str = ""
    status: OutcomeStatus = "running"
    exit: int | None = None
    jobs: tuple[JobEnd, ...] = ()
    detail: str = ""
    tail: str = ""
    results: CommandResults | None = None

    def text(self) -> str:
        """The object's text."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, sort_keys=True) + "\n"


def read_outcome(text: str | None) -> Outcome | None:
    """Read an outcome; None where there is none, or none of this schema."""
    given = _object(text)
    if given is None or given.get("schema") != SCHEMA or given.get("status") not in get_args(OutcomeStatus):
        return None
    code = given.get("exit")
    return Outcome(
        name=str(given.get("name") or ""),
        machine=str(given.get("machine") or ""),
        mark=str(given.get("mark") or ""),
        status=given["status"],
        exit=code if isinstance(code, int) else None,
        jobs=tuple(_job(each) for each in given.get("jobs") or () if isinstance(each, dict)),
        detail=str(given.get("detail") or ""),
        tail=str(given.get("tail") or ""),
        results=CommandResults.from_json(given.get("results")),
    )


def _job(given: Mapping[str, Any]) -> JobEnd:
    return JobEnd(str(given.get("id") or ""), str(given.get("state") or "unknown"), str(given.get("reason") or ""))


def _object(text: str | None) -> dict[str, Any] | None:
    try:
        found = json.loads(text or "null")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
