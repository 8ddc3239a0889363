"""Checks that the account in SERVICE_ACCOUNT exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.errors import SettingsError
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.checks.gcp.subject import GcpSubject


def service_account(subject: GcpSubject) -> Finding:
    """Look for the named account. Where none is named, the target chooses one."""
    named = subject.settings.service_account
    if not named or subject.catalogue.has_account(named):
        return Finding()
    failure = SettingsError((f"SERVICE_ACCOUNT={named}: there is no such service account",))
    return Finding((Check("service account", "failed", f"{named} is not there"),), (failure,))
