"""Terraform's diagnostics as this tool's errors: by text, since the provider prints no codes.

Texts: the google provider's source at 7.45.0 (compute_operation.go, googleapi's Error) and real
reports, collected in the troubleshooting guide (docs/troubleshooting.md). What Google says of machines that it
doesn't make is sorted in clouds/google_problems.py, for Terraform's words as for a group's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cluster_provision.clouds import google_problems
from cluster_provision.clouds.google_problems import kind
from cluster_provision.clouds.google_resources import PATH, leftover
from cluster_provision.errors import (
    AlreadyThere,
    CredentialsError,
    InUse,
    MachineError,
    PermissionDenied,
    ProvisionError,
    SettingsError,
    StateLocked,
    StateStoreError,
    TerraformError,
    Unreachable,
)

if TYPE_CHECKING:
    from cluster_provision.private import Private
    from cluster_provision.result import Leftover


@dataclass(frozen=True)
class Diagnostic:
    """An error or warning of Terraform's, less the snippet of configuration, which can hold users' values."""

    severity: str
    summary: str
    detail: str = ""
    address: str = ""

    def text(self) -> str:
        """All of it in one line."""
        where = f"{self.address}: " if self.address else ""
        return " ".join(f"{where}{self.summary} {self.detail}".split())

    def without(self, private: Private) -> Diagnostic:
        """The same, less private values."""
        return replace(self, summary=private.strike(self.summary), detail=private.strike(self.detail))


ALREADY_THERE = re.compile(r"already exists|existing object already found", re.IGNORECASE)
USED_BY = re.compile(r"is already being used by '([^']+)'")

# The first that fits counts; what holds no machines back is looked for first.
KINDS = (
    kind(
        r"Error acquiring the state lock|state lock",
        StateLocked,
        "Another run works on this cluster, or one was killed. Wait for it, or see docs/troubleshooting.md.",
    ),
    kind(
        r"no space left on device",
        MachineError,
        "Free some disk space, or set WORK_DIR to a folder on a disk that has some, and run the same command again.",
    ),
    kind(
        r"dial tcp|no such host|connection refused|i/o timeout|TLS handshake timeout|proxyconnect"
        r"|could not connect to|context deadline exceeded|Client\.Timeout exceeded",
        Unreachable,
        "Check this machine's network and proxy settings, and run the same command again.",
    ),
    kind(
        r"fork/exec .*permission denied|cannot execute",
        MachineError,
        "Programs can't be run from the working folder: set WORK_DIR to a folder on a disk that allows it.",
    ),
    kind(
        r"networks/default' was not found|global/networks/default .*not found",
        SettingsError,
        'The project has no network "default": set NETWORK_CONFIG=new_network.',
    ),
    kind(
        r"could not find default credentials|invalid_grant|oauth2: |reauth|Request had invalid authentication"
        r"|Error 401",
        CredentialsError,
        "Run `gcloud auth application-default login` again and repeat the command.",
    ),
    kind(
        r"Failed to get existing workspaces|Failed to (save|load|read) state|querying Cloud Storage failed"
        r"|Error (saving|loading) state|Failed to persist state",
        StateStoreError,
        "The state bucket can't be used: see TERRAFORM_GCS_PATH in docs/parameters.md.",
    ),
    *google_problems.KINDS,
    kind(
        r"Error 403",
        PermissionDenied,
        "Ask for the permission that the message names; docs/permissions.md lists all that are needed.",
    ),
)


def failure(command: str, diagnostics: list[Diagnostic]) -> ProvisionError:
    """The error for a failed `terraform <command>` with these diagnostics; the first of the most telling kind."""
    errors = [d for d in diagnostics if d.severity == "error"]
    told = "\n".join(f"  {d.text()}" for d in errors[:5]) or "  it gave no reason"
    more = f"\n  and {len(errors) - 5} more errors, in the log" if len(errors) > 5 else ""
    message = f"terraform {command} failed:\n{told}{more}"
    users = dict.fromkeys(user for d in errors for user in USED_BY.findall(d.text()))
    if users:
        return _in_use(message, [leftover(user) for user in users])
    if errors and all(ALREADY_THERE.search(d.text()) for d in errors):
        return _already_there(message, errors)
    for each in KINDS:
        if any(each.pattern.search(d.text()) for d in errors):
            return each.raised_for(message)
    return TerraformError(message, "Run the same command again to go on from here; the log has the details.")


def _in_use(message: str, users: list[Leftover]) -> InUse:
    """What keeps Terraform from deleting something: somebody's own firewall rule or machine, most often."""
    named = "\n".join(f"  {each.text()}" for each in users)
    commands = "\n".join(f"  {each.command}" for each in users if each.command)
    if not commands:
        commands = "  a service of Google's keeps it: see which one made it, or ask Google's support"
    return InUse(
        f"{message}\nIn the way, and not in this cluster's state:\n{named}",
        f"Delete it, if nobody needs it, and run the same command again, which goes on from here:\n{commands}",
    )


def _already_there(message: str, errors: list[Diagnostic]) -> AlreadyThere:
    """Somebody else's resource of that name, or one that a killed run could not note."""
    found = (leftover(path[0]) for d in errors if (path := PATH.search(d.text())))
    commands = "".join(f"\n  {each.command}" for each in found if each.command)
    advice = (
        "It isn't this cluster's, as far as can be told. Choose another NAME_PREFIX, or delete it if nobody needs it"
    )
    return AlreadyThere(message, f"{advice}{':' if commands else '.'}{commands}", tuple(d.address for d in errors))
