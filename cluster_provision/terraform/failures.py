"""Terraform's diagnostics as this tool's errors: by text, since the provider prints no codes.

Texts: the google provider's source at 7.45.0 (compute_operation.go, googleapi's Error) and real
reports, collected in the troubleshooting guide (docs/troubleshooting.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cluster_provision.errors import (
    CapacityError,
    CredentialsError,
    MachineError,
    PermissionDenied,
    ProvisionError,
    QuotaError,
    SettingsError,
    StateLocked,
    StateStoreError,
    TerraformError,
    Unreachable,
)

if TYPE_CHECKING:
    from cluster_provision.private import Private


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


@dataclass(frozen=True)
class _Kind:
    pattern: re.Pattern[str]
    error: type[ProvisionError]
    advice: str


def _kind(pattern: str, error: type[ProvisionError], advice: str) -> _Kind:
    return _Kind(re.compile(pattern, re.IGNORECASE), error, advice)


# The first that fits counts. A wrong combination of machine and disk comes under a capacity code too,
# so it stands before capacity.
KINDS = (
    _kind(
        r"Error acquiring the state lock|state lock",
        StateLocked,
        "Another run works on this cluster, or one was killed. Wait for it, or see docs/troubleshooting.md.",
    ),
    _kind(
        r"no space left on device",
        MachineError,
        "Free some disk space, or set WORK_DIR to a folder on a disk that has some, and run the same command again.",
    ),
    _kind(
        r"features are not compatible for creating instance",
        TerraformError,
        "The machine type does not take this disk or accelerator: change VM_TYPE, DISK_TYPE or ACCELERATOR_TYPE.",
    ),
    _kind(
        r"dial tcp|no such host|connection refused|i/o timeout|TLS handshake timeout|proxyconnect"
        r"|could not connect to|context deadline exceeded|Client\.Timeout exceeded",
        Unreachable,
        "Check this machine's network and proxy settings, and run the same command again.",
    ),
    _kind(
        r"fork/exec .*permission denied|cannot execute",
        MachineError,
        "Programs can't be run from the working folder: set WORK_DIR to a folder on a disk that allows it.",
    ),
    _kind(
        r"networks/default' was not found|global/networks/default .*not found",
        SettingsError,
        'The project has no network "default": set NETWORK_CONFIG=new_network.',
    ),
    _kind(
        r"could not find default credentials|invalid_grant|oauth2: |reauth|Request had invalid authentication"
        r"|Error 401",
        CredentialsError,
        "Run `gcloud auth application-default login` again and repeat the command.",
    ),
    _kind(
        r"quota .*exceeded|QUOTA_EXCEEDED|insufficient regional quota|quota limit",
        QuotaError,
        "Ask for more quota (https://console.cloud.google.com/iam-admin/quotas) or make the cluster smaller.",
    ),
    _kind(
        r"does not have enough resources available|currently unavailable in the|RESOURCE_POOL_EXHAUSTED|stockout",
        CapacityError,
        "Try another ZONE, another VM_TYPE, or try again later.",
    ),
    _kind(
        r"Failed to get existing workspaces|Failed to (save|load|read) state|querying Cloud Storage failed"
        r"|Error (saving|loading) state|Failed to persist state",
        StateStoreError,
        "The state bucket can't be used: see TERRAFORM_GCS_PATH in docs/parameters.md.",
    ),
    _kind(
        r"Error 403|Required '.*' permission|does not have permission|Permission '.*' denied",
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
    for kind in KINDS:
        if any(kind.pattern.search(d.text()) for d in errors):
            return (
                SettingsError((message,), kind.advice)
                if kind.error is SettingsError
                else kind.error(message, kind.advice)
            )
    return TerraformError(message, "Run the same command again to go on from here; the log has the details.")
