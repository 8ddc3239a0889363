"""What the power program keeps from one look to the next, on the controller's data disk, and what it is asked for."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from node.slurm_cloud.disk import POWER
from node.slurm_cloud.place import read_json, read_kept_json, write_json

KEPT_FILE = f"{POWER}/state.json"
REQUESTS = f"{POWER}/requests"


@dataclass
class Hold:
    """A pool in which nothing is made until then, since the cloud refused: times in seconds since 1970."""

    until: float
    seconds: float
    code: str
    message: str


@dataclass
class Quiet:
    """The cloud is asked nothing until then (seconds since 1970), since it was busy or didn't answer."""

    until: float
    seconds: float
    why: str


@dataclass
class Kept:
    """`wanted` are nodes that should be on, by a person's word or the first Create; `resumed` those of them that were
    asked for while they might still be going, and come back after that. `leaving` are those that go when their jobs
    have ended, `forced` those that go at once; `back` those that we take down ourselves, since they failed.

    `raised` has each pool's number of nodes of the first Create, as it was last seen. `strays` are instances that
    nobody asked for, and `missing` nodes without one, with the time since when; `asked` are nodes for which an
    instance was asked for, and when. `names` are nodes by their machine's name in the cloud, where that differs,
    `published` what of it the machines can read, `unseen` machines of them that the last listing lacked or had as
    going, and `unnamed` nodes for which a machine is being made, by group. `ahead` are nodes of `asked` whose
    machine was ordered before slurmctld was there (see ahead.py).
    """

    wanted: set[str] = field(default_factory=set)
    resumed: set[str] = field(default_factory=set)
    leaving: set[str] = field(default_factory=set)
    forced: set[str] = field(default_factory=set)
    back: set[str] = field(default_factory=set)
    raised: dict[str, int] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    strays: dict[str, float] = field(default_factory=dict)
    missing: dict[str, float] = field(default_factory=dict)
    asked: dict[str, float] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    published: dict[str, str] = field(default_factory=dict)
    ahead: set[str] = field(default_factory=set)
    unseen: set[str] = field(default_factory=set)
    unnamed: dict[str, list[str]] = field(default_factory=dict)
    problems: dict[str, list[str]] = field(default_factory=dict)
    """Nodes → the cloud's code and message for why they didn't come."""
    quiet: Quiet | None = None


@dataclass(frozen=True)
class Request:
    """What a person asked for by `slurm-nodes`: `do` is resume or suspend."""

    do: str
    nodes: tuple[str, ...]
    force: bool = False


def read_kept() -> Kept:
    """Empty where nothing is kept yet.

    Raises Failure where it can't be read: on Azure, nothing else knows which machine is whose.
    """
    given = read_kept_json(KEPT_FILE)
    if given is None:
        return Kept()
    names = ("wanted", "resumed", "leaving", "forced", "back", "unseen", "ahead")
    sets: dict[str, Any] = {name: set(given.get(name) or ()) for name in names}
    maps = ("raised", "strays", "missing", "asked", "names", "published", "unnamed", "problems")
    holds = {pool: Hold(**hold) for pool, hold in (given.get("holds") or {}).items()}
    known: dict[str, Any] = {name: given.get(name) or {} for name in maps}
    quiet = Quiet(**given["quiet"]) if given.get("quiet") else None
    return Kept(**sets, **known, holds=holds, quiet=quiet)


def is_anything_kept() -> bool:
    """Whether a look was ever made, by this controller or by one before it that had its disk."""
    return os.path.exists(KEPT_FILE)


def write_kept(kept: Kept) -> None:
    value: dict[str, Any] = asdict(kept)
    write_json(KEPT_FILE, {k: sorted(v) if isinstance(v, set) else v for k, v in value.items()}, 0o600)


def ask(request: Request) -> None:
    """Leave a request, which outlives whatever happens to this process."""
    os.makedirs(REQUESTS, mode=0o700, exist_ok=True)
    name = f"{time.time_ns():020d}-{os.getpid()}.json"
    write_json(f"{REQUESTS}/{name}", {"do": request.do, "nodes": [*request.nodes], "force": request.force}, 0o600)


def requests() -> dict[str, Request]:
    """The requests by their files, the oldest first; a file that can't be read is none."""
    found: dict[str, Request] = {}
    for name in sorted(os.listdir(REQUESTS)) if os.path.isdir(REQUESTS) else ():
        given = read_json(f"{REQUESTS}/{name}") if name.endswith(".json") else None
        if isinstance(given, dict):
            found[f"{REQUESTS}/{name}"] = Request(given["do"], tuple(given["nodes"]), bool(given.get("force")))
    return found


def take_off(files: dict[str, Request]) -> None:
    """Remove requests that are noted."""
    for path in files:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
