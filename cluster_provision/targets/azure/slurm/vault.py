"""The vault that keeps the cluster's secrets where KEY_VAULT=yes asks for one.

It is closed to every network. The tool and the controller put secrets in by Resource Manager, whose right to write one
is none to read it: https://learn.microsoft.com/azure/templates/microsoft.keyvault/vaults/secrets (read 2026-12-01).
"""

from __future__ import annotations

import re
import shlex
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.base import NotFound
from cluster_provision.errors import CANNOT_LOOK, Refused
from cluster_provision.labels import CLUSTER_LABEL
from cluster_provision.result import Check
from cluster_provision.slurm.vault import DATABASE_PASSWORD, MUNGE_KEY, VERSION
from cluster_provision.targets.azure.slurm.own_digits import own_digits

if TYPE_CHECKING:
    from collections.abc import Callable

    from cluster_provision.clouds.azure.cloud import Azure
    from cluster_provision.errors import ProvisionError
    from cluster_provision.settings import AzureSettings
    from cluster_provision.stage import Site
    from cluster_provision.targets.azure.keys import Pair

NAME = "key vault"
PRIVATE_KEY, PUBLIC_KEY = "ssh-private-key", "ssh-public-key"
KEY_TAG = "public-key-sha256"
"""The tag of a secret by which a later Create sees that it is still of the same pair."""
MOST_OF_PREFIX = 15  # with "-" and eight digits, the 24 characters that a name can have


def vault_name(settings: AzureSettings) -> str:
    """A name that no other cluster has: those of vaults are Azure's alone, in all subscriptions."""
    prefix = re.sub("-+", "-", settings.name_prefix)[:MOST_OF_PREFIX].rstrip("-")
    return f"{prefix}-{own_digits(settings)}"


def vault_variables(settings: AzureSettings) -> dict[str, Any] | None:
    """The vault's variables of terraform/azure/slurm; None for none."""
    return {"name": vault_name(settings)} if settings.key_vault else None


def vault_id(settings: AzureSettings) -> str:
    """Azure's id of the vault; empty for none."""
    if not settings.key_vault:
        return ""
    group = f"/subscriptions/{settings.subscription_id}/resourceGroups/{settings.resource_group}"
    return f"{group}/providers/Microsoft.KeyVault/vaults/{vault_name(settings)}"


def keep_pair(settings: AzureSettings, cloud: Azure, pair: Pair, site: Site) -> None:
    """Put the cluster's pair into the vault, where this run has its private half: each half once."""
    name = vault_name(settings)
    if settings.ssh_public_key or pair.private is None:
        whose = "SSH_PATH's pair is yours" if settings.ssh_public_key else "this run doesn't have the private key"
        site.progress.conclude(f"{name} keeps no key pair: {whose}")
        return
    halves = {PRIVATE_KEY: pair.private.decode(), PUBLIC_KEY: f"{pair.public}\n"}
    digest = sha256(" ".join(pair.public.split()[:2]).encode()).hexdigest()
    for secret, value in halves.items():
        path = f"{vault_id(settings)}/secrets/{secret}"
        there = cloud.find(path, VERSION, f"looking for {secret} in vault {name}") or {}
        if (there.get("tags") or {}).get(KEY_TAG) != digest:
            body = {"tags": {KEY_TAG: digest}, "properties": {"value": value, "contentType": "text/plain"}}
            cloud.call("PUT", path, VERSION, f"putting {secret} into vault {name}", body)
    site.progress.conclude(f"{name} keeps {', '.join(halves)}")


def look_at_vault(settings: AzureSettings, cloud: Azure, site: Site) -> ProvisionError | None:
    """Add a check of what the vault keeps: what the controller has to put there, and the pair where it is there."""
    if not site.facts.resources:
        return None
    try:
        return _look(settings, cloud, site)
    except CANNOT_LOOK as failure:
        site.result.checks.append(Check(NAME, "unknown", " ".join(failure.message.split())))
        return failure


def _look(settings: AzureSettings, cloud: Azure, site: Site) -> ProvisionError | None:
    name, there = vault_name(settings), []
    needed = {MUNGE_KEY, DATABASE_PASSWORD} if settings.accounting != "off" else {MUNGE_KEY}
    for secret in (MUNGE_KEY, DATABASE_PASSWORD, PRIVATE_KEY, PUBLIC_KEY):
        path = f"{vault_id(settings)}/secrets/{secret}"
        if cloud.find(path, VERSION, f"looking for {secret} in vault {name}") is not None:
            there.append(secret)
    missing = sorted(needed.difference(there))
    told = f"{name} keeps {', '.join(there) or 'nothing'}" + (f", and lacks {', '.join(missing)}" if missing else "")
    site.result.checks.append(Check(NAME, "failed" if missing else "ok", told))
    if not missing:
        return None
    return Refused(told, "Create makes the vault where it is missing, and the controller puts its secrets in again.")


class Purge:
    """Purging what is left of a deleted vault; where that can't be, it is said once."""

    def __init__(self) -> None:
        self._said = False

    def __call__(self, settings: AzureSettings, cloud: Azure, label: str, say: Callable[[str], None]) -> bool:
        """Whether the vault of the cluster with this label has been purged. Raises NotReady where Azure takes too long
        for it."""
        if not settings.key_vault:
            return False
        name, place = vault_name(settings), f"/subscriptions/{settings.subscription_id}/providers/Microsoft.KeyVault"
        path = f"{place}/locations/{settings.location}/deletedVaults/{vault_name(settings)}"
        command = f"az keyvault purge --name {name} --location {settings.location}"
        by_hand = f"{command} --subscription {shlex.quote(settings.subscription_id)}"
        try:
            found = cloud.find(path, VERSION, f"looking for the deleted vault {name}")
            if found is None or _label(found) != label:
                return False
            say(f"  vault {name} is being purged, which takes Azure some minutes")
            cloud.outcome(f"{path}/purge", VERSION, f"purging vault {name}", {})
        except (NotFound, *CANNOT_LOOK) as failure:
            if not self._said:
                why = " ".join(str(failure).split())
                say(f"  vault {name} is deleted, and could not be purged, which Azure does 7 days later: {why}; or:")
                say(f"    {by_hand}")
            self._said = True
            return False
        return True


def _label(deleted: dict[str, Any]) -> str:
    return str(((deleted.get("properties") or {}).get("tags") or {}).get(CLUSTER_LABEL, ""))
