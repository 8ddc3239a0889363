"""What Google Cloud still has of a cluster: by its label, and by name what takes no labels."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.gcp.resources import dashboard, deletion_order, service_account
from cluster_provision.errors import PermissionDenied

if TYPE_CHECKING:
    from cluster_provision.result import Leftover
    from cluster_provision.targets.gcp.target import GcpTarget

ACCOUNTS = ("nodes", "gke-nodes")
"""How the ids of the accounts end that Terraform makes (terraform/modules/gcp/service_account, gke_service_account)."""

LONGEST_ID = 30


def leftovers(target: GcpTarget[Any]) -> list[Leftover]:
    """All that is found, each once, in the order in which it can be deleted."""
    prefix, label = target.settings.name_prefix, target.cluster.label
    found = [
        *target.cloud.labelled(label),
        *target.cloud.named(prefix),
        *_file_servers(target),
        *_dashboards(target),
        *_accounts(target),
    ]
    return deletion_order(found)


def account_email(name_prefix: str, ending: str, project_id: str) -> str:
    """The e-mail of the account that Terraform makes for a cluster: a prefix that is too long is cut, with its hash."""
    account = f"{name_prefix}-{ending}"
    if len(account) > LONGEST_ID:
        digest = hashlib.sha256(name_prefix.encode()).hexdigest()[:6]
        room = LONGEST_ID - len(f"-{digest}-{ending}")
        account = f"{name_prefix[:room].removesuffix('-')}-{digest}-{ending}"
    domain, _, name = project_id.rpartition(":")
    return f"{account}@{f'{name}.{domain}' if domain else name}.iam.gserviceaccount.com"


def _file_servers(target: GcpTarget[Any]) -> list[Leftover]:
    """Who may not list any has made none, unless the settings say so."""
    try:
        return target.cloud.file_servers(target.cluster.label)
    except PermissionDenied:
        if target.settings.nfs_fileshare_list:
            raise
        return []


def _dashboards(target: GcpTarget[Any]) -> list[Leftover]:
    """They cost nothing: that one may not list them is no reason to fail."""
    project = target.settings.project_id
    try:
        return [dashboard(each.title, each.name, project) for each in target.cloud.dashboards(target.cluster.label)]
    except PermissionDenied:
        return []


def _accounts(target: GcpTarget[Any]) -> list[Leftover]:
    """An account that a killed run left: the next Create would meet it.

    The e-mail alone doesn't tell: a-gke-nodes is the account of GKE cluster a, or of the machines of cluster a-gke.
    """
    prefix, project = target.settings.name_prefix, target.settings.project_id
    emails = [account_email(prefix, ending, project) for ending in ACCOUNTS]
    own = f"Nodes of cluster {prefix}"
    return [service_account(email, project) for email in emails if target.cloud.account_title(email) == own]
