"""Who a run is: its machine, container and process, by which another run tells whether it still lives."""

from __future__ import annotations

import contextlib
import getpass
import os
import socket
import uuid
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

PROC = Path("/proc")
RUN_VARIABLE = "CLUSTER_PROVISION_RUN"
"""In the environment of every Terraform of a run, its id: so what a killed run has left running can be found."""

# Of a CI job, its address or its number and nothing else. The first that are all set count.
CI_JOBS = (
    "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}",
    "{CI_JOB_URL}",
    "{SYSTEM_COLLECTIONURI}{SYSTEM_TEAMPROJECT}/_build/results?buildId={BUILD_BUILDID}",
    "{BUILDKITE_BUILD_URL}",
    "{CIRCLE_BUILD_URL}",
    "{BITBUCKET_GIT_HTTP_ORIGIN}/pipelines/results/{BITBUCKET_BUILD_NUMBER}",
    "{BUILD_URL}",
    "Cloud Build {BUILD_ID}",
    "job {CI_JOB_ID}",
    "build {BUILD_NUMBER}",
)

Life = Literal["gone", "alive", "ending", "unknown"]


@dataclass(frozen=True)
class Identity:
    """A run, as its object in the state's store tells of it. `process` is when the process began, in the kernel's
    ticks since `boot`; `container` is the space in which `pid` counts."""

    run: str
    action: str
    host: str
    user: str
    machine: str
    boot: str
    container: str
    pid: int
    process: int
    uid: int
    job: str
    started: str

    def text(self) -> str:
        """Who it is, in words."""
        job = f", {self.job}" if self.job else ""
        return f"{self.action.capitalize()}, process {self.pid} on {self.host}{job}, begun {self.started}"

    def to_json(self) -> dict[str, Any]:
        """As an object."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> Identity:
        """What an object tells; what it leaves out is empty."""
        numbers = {"pid", "process", "uid"}
        values: dict[str, Any] = {}
        for each in fields(cls):
            given = told.get(each.name)
            if each.name in numbers:
                values[each.name] = given if isinstance(given, int) else -1
            else:
                values[each.name] = str(given or "")
        return cls(**values)


def identity_of(action: str, environ: Mapping[str, str]) -> Identity:
    """This process, doing this action."""
    pid = os.getpid()
    return Identity(
        run=uuid.uuid4().hex,
        action=action,
        host=socket.gethostname(),
        user=_user(),
        machine=_text(Path("/etc/machine-id")),
        boot=_text(PROC / "sys/kernel/random/boot_id"),
        container=_space(),
        pid=pid,
        process=_began(pid)[0],
        uid=os.getuid(),
        job=job_of(environ),
        started=datetime.now(UTC).isoformat(timespec="milliseconds"),
    )


def job_of(environ: Mapping[str, str]) -> str:
    """The CI job that this run is part of, by its address; empty outside of one. Never a token, nor a user's name and
    password in an address."""
    told = {name: value for name, value in environ.items() if value and "@" not in value}
    for form in CI_JOBS:
        with contextlib.suppress(KeyError):
            return form.format_map(told)
    return ""


def life_of(holder: Identity) -> Life:
    """Whether that run's process is still there, as far as this machine can tell: `gone` only where it was here, and
    `ending` where only a Terraform of it is left."""
    if not (holder.boot and holder.container) or holder.pid <= 0 or holder.process <= 0:
        return "unknown"
    if (holder.boot, holder.container, holder.host) != (
        _text(PROC / "sys/kernel/random/boot_id"),
        _space(),
        socket.gethostname(),
    ):
        return "unknown"
    if _is_there(holder.pid):
        began, state = _began(holder.pid)
        if began < 0:
            return "unknown"
        if began == holder.process and state not in ("Z", "X"):
            return "alive"
    if os.geteuid() not in (0, holder.uid):
        return "unknown"  # what it has left running could not be seen
    return "ending" if _left_running(holder.run) else "gone"


def _left_running(run: str) -> bool:
    """Whether a Terraform of that run, or what it started, is still there."""
    mark = f"{RUN_VARIABLE}={run}".encode()
    for each in PROC.iterdir():
        if each.name.isdecimal():
            with contextlib.suppress(OSError):
                if mark in (each / "environ").read_bytes().split(b"\0"):
                    return True
    return False


def _is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _began(pid: int) -> tuple[int, str]:
    """When the process began, in ticks, and its state; -1 where the kernel doesn't tell."""
    try:
        # the name, in brackets, may hold anything
        told = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        return int(told[19]), told[0]
    except (OSError, ValueError, IndexError):
        return -1, ""


def _space() -> str:
    with contextlib.suppress(OSError):
        return (PROC / "self/ns/pid").readlink().as_posix()
    return ""


def _user() -> str:
    with contextlib.suppress(KeyError, OSError):
        return getpass.getuser()
    return str(os.getuid())


def _text(path: Path) -> str:
    with contextlib.suppress(OSError):
        return path.read_text(encoding="ascii", errors="replace").strip()
    return ""
