"""What Google Cloud still has of a cluster: by its label, and by name what takes no labels."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.base import NotFound
from cluster_provision.clouds.gcp.api import ChargedElsewhere
from cluster_provision.clouds.gcp.resources import dashboard, deletion_order, service_account
from cluster_provision.clouds.gcp.roles import leftover_role
from cluster_provision.errors import CANNOT_LOOK, PermissionDenied, Refused
from cluster_provision.targets.base import Remains

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cluster_provision.errors import ProvisionError
    from cluster_provision.result import Leftover
    from cluster_provision.state.base import StateFacts
    from cluster_provision.targets.gcp.target import GcpTarget

ACCOUNTS = {"nodes": "Nodes", "gke-nodes": "Nodes", "controller": "Controller"}
"""How the ids of the accounts end that Terraform makes (terraform/modules/gcp: service_account, gke_service_account),
and how their titles begin."""

LONGEST_ID = 30


FILE_SERVERS = "google_filestore_instance"
DASHBOARDS = "google_monitoring_dashboard"
ACCOUNT = "google_service_account"
ROLE = "google_project_iam_custom_role"


def leftovers(target: GcpTarget[Any], facts: StateFacts) -> Remains:
    """All that is found, each once, in the order in which it can be deleted; and the looks that were refused.

    A look that the caller's permissions don't allow is passed over where there is a state, and neither that nor the
    settings have such a resource: who made the rest made none. Every other refused look leaves something unknown;
    without a state, nobody knows who made what.
    """
    settings, label = target.settings, target.cluster.label
    slurm = settings.orchestrator_type == "slurm" or ROLE in facts.kinds
    servers, boards = FILE_SERVERS in facts.kinds, DASHBOARDS in facts.kinds
    looks: tuple[tuple[Callable[[], Iterable[Leftover]], bool], ...] = (
        (partial(target.cloud.labelled, label), True),
        (partial(target.cloud.named, settings.name_prefix), True),
        (partial(target.cloud.file_servers, label, held=servers), bool(settings.nfs_fileshare_list) or servers),
        (partial(_dashboards, target, held=boards), boards),
        (partial(_accounts, target), ACCOUNT in facts.kinds),
        *(((partial(_roles, target), ROLE in facts.kinds),) if slurm else ()),
    )
    found: list[Leftover] = []
    unseen: list[ProvisionError] = []
    for look, expected in looks:
        try:
            found += look()
        except ChargedElsewhere as failure:
            unseen.append(failure)
        except PermissionDenied as failure:
            unseen += [failure] if expected or not facts.exists else []
        except CANNOT_LOOK as failure:
            unseen.append(failure)
        except NotFound as failure:  # of a list, which is there even where it is empty
            unseen.append(Refused(str(failure), "Google refuses this as it is; the message says why."))
    return Remains(tuple(deletion_order(found)), tuple(unseen))


def account_email(name_prefix: str, ending: str, project_id: str) -> str:
    """The e-mail of the account that Terraform makes for a cluster: a prefix that is too long is cut, with its hash."""
    account = f"{name_prefix}-{ending}"
    if len(account) > LONGEST_ID:
        digest = hashlib.sha256(name_prefix.encode()).hexdigest()[:6]
        room = LONGEST_ID - len(f"-{digest}-{ending}")
        account = f"{name_prefix[:room].removesuffix('-')}-{digest}-{ending}"
    domain, _, name = project_id.rpartition(":")
    return f"{account}@{f'{name}.{domain}' if domain else name}.iam.gserviceaccount.com"


def _dashboards(target: GcpTarget[Any], *, held: bool) -> list[Leftover]:
    project, found = target.settings.project_id, target.cloud.dashboards(target.cluster.label, held=held)
    return [dashboard(each.title, each.name, project) for each in found]


def _accounts(target: GcpTarget[Any]) -> list[Leftover]:
    """An account that a killed run left: the next Create would meet it.

    The e-mail alone doesn't tell: a-gke-nodes is the account of GKE cluster a, or of the machines of cluster a-gke.
    """
    prefix, project = target.settings.name_prefix, target.settings.project_id
    owners = {
        account_email(prefix, ending, project): f"{whose} of cluster {prefix}" for ending, whose in ACCOUNTS.items()
    }
    return [
        service_account(email, project) for email, own in owners.items() if target.cloud.account_title(email) == own
    ]


def _roles(target: GcpTarget[Any]) -> list[Leftover]:
    """Roles that a killed run made under ids that no state knows."""
    project = target.settings.project_id
    return [leftover_role(name, project) for name in target.cloud.controller_roles(target.settings.name_prefix)]
