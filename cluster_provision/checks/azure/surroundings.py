"""What a Slurm cluster on Azure has besides machines: what it costs an hour, and where Azure offers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cloud_facts.azure import mysql, netapp
from cluster_provision.checks.base import Finding
from cluster_provision.errors import SettingsError
from cluster_provision.result import Check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from cluster_provision.checks.azure.subject import AzureSubject
    from cluster_provision.settings import AzureSettings

NAME = "services"


def prices(settings: AzureSettings) -> dict[str, Decimal]:
    """Return the dollars an hour of what is more than machines, by what it is."""
    storage, found = settings.shared_storage, {}
    if storage.kind == "anf":
        found[f"{storage.tib} TiB of Azure NetApp Files"] = netapp.hourly(storage.tib)
    if settings.accounting == "mysql":
        found["a server of Azure Database for MySQL"] = mysql.hourly()
    return found


def services(subject: AzureSubject) -> Finding:
    """Require that Azure has these services in the location."""
    wanted = dict(_wanted(subject.settings)) if subject.slurm else {}
    if not wanted:
        return Finding()
    shown = subject.catalogue.locations().get(subject.settings.location) or subject.settings.location
    checks, failures = [], []
    for kind, (what, instead) in wanted.items():
        there = subject.catalogue.regions_of(*kind)
        if not there:
            checks.append(Check(NAME, "unknown", f"Azure doesn't say where it has {what}"))
        elif subject.settings.location in there:
            checks.append(Check(NAME, "ok", f"{what} in {shown}"))
        else:
            checks.append(Check(NAME, "failed", f"no {what} in {shown}"))
            problem = f"LOCATION={subject.settings.location}: Azure has no {what} there; {instead}"
            failures.append(SettingsError((problem,)))
    return Finding(tuple(checks), tuple(failures))


def _wanted(settings: AzureSettings) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    if settings.shared_storage.kind == "anf":
        instead = "set SHARED_STORAGE=controller, or choose another location"
        yield ("Microsoft.NetApp", "netAppAccounts"), ("Azure NetApp Files", instead)
    if settings.accounting == "mysql":
        instead = "set ACCOUNTING=local, or choose another location"
        yield ("Microsoft.DBforMySQL", "flexibleServers"), ("Azure Database for MySQL", instead)
    if settings.key_vault:
        instead = "set KEY_VAULT=no, or choose another location"
        yield ("Microsoft.KeyVault", "vaults"), ("Key Vault", instead)
    if settings.monitoring == "managed":
        instead = "set MONITORING=local, or choose another location"
        yield ("Microsoft.Monitor", "accounts"), ("Azure Monitor workspaces", instead)
        yield ("Microsoft.Dashboard", "grafana"), ("Azure Managed Grafana", instead)


def unpriced(settings: AzureSettings) -> list[str]:
    """Return what is more than machines and has no price in this version's tables."""
    return ["Managed Grafana"] if settings.monitoring == "managed" else []
