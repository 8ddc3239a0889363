"""Turns Terraform's diagnostics into this tool's errors, by their text: providers print no codes.

Each cloud's provider and backend has words of its own: dialects/. What is said of the state's lock: lock_words.py.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cluster_provision.clouds.problems import kind
from cluster_provision.errors import (
    AlreadyThere,
    InUse,
    MachineError,
    NotReady,
    ProvisionError,
    TerraformError,
    Unreachable,
)
from cluster_provision.terraform.lock_words import is_release, of_the_lock

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.clouds.problems import Kind
    from cluster_provision.private import Private
    from cluster_provision.result import Leftover


@dataclass(frozen=True)
class Diagnostic:
    """An error or warning of Terraform's, without the snippet of configuration, which can hold users' values."""

    severity: str
    summary: str
    detail: str = ""
    address: str = ""

    def text(self) -> str:
        """Return all of it in one line."""
        where = f"{self.address}: " if self.address else ""
        return " ".join(f"{where}{self.summary} {self.detail}".split())

    def without(self, private: Private) -> Diagnostic:
        """Return the same without private values."""
        return replace(self, summary=private.strike(self.summary), detail=private.strike(self.detail))


@dataclass(frozen=True)
class Dialect:
    """How a cloud's provider and backend word their failures. Of `kinds`, the first that fits wins.

    `users` finds the users of an undeletable resource in a diagnostic's text, and `named` the resource that a text
    names. `keeper` says what to do about a resource that no command can delete. `nameless` are existing things whose
    name no setting changes.
    """

    kinds: tuple[Kind, ...]
    users: Callable[[str], list[Leftover]]
    named: Callable[[str], Leftover | None]
    keeper: str
    nameless: tuple[Kind, ...] = ()


ALREADY_THERE = re.compile(r"already exists|existing object already found", re.IGNORECASE)

# Terraform's own, on any cloud. The first that fits wins; failures that hold no machines back come first.
KINDS = (
    kind(
        r"no space left on device",
        MachineError,
        "Free some disk space, or set WORK_DIR to a folder on a disk that has some, and run the same command again.",
    ),
    kind(
        r"(?:polling after|waiting for) .{0,200}(?:context deadline exceeded|timeout)|timeout while waiting for",
        NotReady,
        "It took longer than Terraform waits, and may be done by now: run the same command again, which goes on from "
        "here.",
    ),
    kind(
        r"dial tcp|no such host|connection refused|i/o timeout|TLS handshake timeout|proxyconnect"
        r"|could not connect to|context deadline exceeded|Client\.Timeout exceeded"
        r"|: (?:unexpected )?EOF\b|connection (?:was |has been )?(?:reset|closed|aborted|lost|broken)|broken pipe"
        r"|closed connection without response|closed network connection|server sent GOAWAY|stream error:"
        r"|Connection aborted|RemoteDisconnected",
        Unreachable,
        "Check this machine's network and proxy settings, and run the same command again.",
    ),
    kind(
        r"fork/exec .*permission denied|cannot execute",
        MachineError,
        "Programs can't be run from the working folder: set WORK_DIR to a folder on a disk that allows it. Docker's "
        "--tmpfs /tmp doesn't; --tmpfs /tmp:exec does.",
    ),
)


def failure(command: str, diagnostics: list[Diagnostic], dialect: Dialect) -> ProvisionError:
    """Return the error for a failed `terraform <command>` with these diagnostics: the most telling kind decides."""
    errors = [d for d in diagnostics if d.severity == "error"]
    told = "\n".join(f"  {d.text()}" for d in errors[:5]) or "  it gave no reason"
    more = f"\n  and {len(errors) - 5} more errors, in the log" if len(errors) > 5 else ""
    message = f"terraform {command} failed:\n{told}{more}"
    if went_through(diagnostics):
        message = f"terraform {command} went through, but its lock of the state could not be released:\n{told}{more}"
    else:  # a lock that stayed as well is no cause
        errors = [d for d in errors if not is_release(d.text())]
    users = list(dict.fromkeys(user for d in errors for user in dialect.users(d.text())))
    if users:
        return _in_use(message, users, dialect)
    if errors and all(ALREADY_THERE.search(d.text()) for d in errors):
        return _already_there(message, errors, dialect)
    locking = of_the_lock([d.text() for d in errors])
    if locking is not None:
        return locking.raised_for(message)
    for each in (*KINDS, *dialect.kinds):
        if any(each.pattern.search(d.text()) for d in errors):
            return each.raised_for(message)
    return TerraformError(message, "Run the same command again to go on from here; the log has the details.")


def went_through(diagnostics: list[Diagnostic]) -> bool:
    """Whether a command did all that it was to do, and could only not release its lock."""
    errors = [d for d in diagnostics if d.severity == "error"]
    return bool(errors) and all(is_release(d.text()) for d in errors)


def _in_use(message: str, users: list[Leftover], dialect: Dialect) -> InUse:
    """Return the error for what keeps Terraform from deleting something, mostly a user's firewall rule or machine."""
    named = "\n".join(f"  {each.text()}" for each in users)
    commands = "\n".join(f"  {each.command}" for each in users if each.command)
    if not commands:
        commands = f"  {dialect.keeper}"
    return InUse(
        f"{message}\nIn the way, and not in this cluster's state:\n{named}",
        f"Delete it, if nobody needs it, and run the same command again, which continues from here:\n{commands}",
    )


def _already_there(message: str, errors: list[Diagnostic], dialect: Dialect) -> AlreadyThere:
    """Return the error for another's resource of that name, or one that a killed run did not write to the state."""
    addresses = tuple(d.address for d in errors)
    nameless = next((each for each in dialect.nameless if each.pattern.search(message)), None)
    if nameless is not None:
        return AlreadyThere(message, nameless.advice_on(message), addresses)
    found = (there for d in errors if (there := dialect.named(d.text())) is not None)
    commands = "".join(f"\n  {each.command}" for each in found if each.command)
    advice = "It doesn't seem to be this cluster's. Choose another NAME_PREFIX, or delete it if nobody needs it"
    return AlreadyThere(message, f"{advice}{':' if commands else '.'}{commands}", addresses)
