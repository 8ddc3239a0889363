"""The token with which Prometheus writes metrics to the cloud, in a file that its user alone reads."""

from __future__ import annotations

import os
import pwd
from typing import TYPE_CHECKING

from cluster_provision.slurm.roles.monitoring.places import PROMETHEUS
from cluster_provision.slurm.roles.monitoring.remote_write import TOKEN
from node.machine.programs import Failure
from node.slurm_cloud.place import ROOT

if TYPE_CHECKING:
    from node.slurm_cloud.identity import Identity

MONITOR = "https://monitor.azure.com/"
"""What the token is for: https://learn.microsoft.com/azure/azure-monitor/metrics/prometheus-remote-write"""


def keep_token(identity: Identity, path: str = f"{ROOT}{TOKEN}") -> None:
    """Put a token that is good now in the place of the one there. Raises CallFailed, and Failure without that user."""
    try:
        user = pwd.getpwnam(PROMETHEUS)
    except KeyError:
        raise Failure(f"there is no user {PROMETHEUS}, who would read the token") from None
    token = identity.token(MONITOR)
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
    fresh = f"{path}.new"
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o400), "w", encoding="ascii") as file:
        os.fchown(file.fileno(), user.pw_uid, user.pw_gid)
        file.write(token)
    os.replace(fresh, path)
