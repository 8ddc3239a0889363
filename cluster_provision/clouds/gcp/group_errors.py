"""Reads a managed instance group's errors, which Terraform can't see while the group doesn't fill."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from cluster_provision.clouds.base import GroupError, NotFound
from cluster_provision.clouds.gcp.api import COMPUTE, GoogleApi
from cluster_provision.clouds.gcp.problems import told
from cluster_provision.clouds.gcp.resources import name_of
from cluster_provision.errors import PermissionDenied


class GcpGroupErrors(GoogleApi):
    """Reads `instanceGroupManagers.listErrors`."""

    def group_errors(self, zone: str, group: str, earlier: timedelta = timedelta(0)) -> list[GroupError]:
        """Return the group's failures since this run began, or `earlier` before that.

        Empty where the group doesn't exist. Empty too where the caller may not look: only the reason is lost then,
        since the machines themselves are listed elsewhere.

        The API neither filters nor sorts, so all pages are read:
        https://cloud.google.com/compute/docs/reference/rest/v1/instanceGroupManagers/listErrors
        """
        url = f"{COMPUTE}/projects/{self._project}/zones/{zone}/instanceGroupManagers/{group}/listErrors"
        try:
            listed = list(self._pages("GET", url, f"listing the errors of {group}", "items"))
        except (NotFound, PermissionDenied):
            return []
        found = [_group_error(each) for each in listed]
        return [each for each in found if self.began is None or each.at >= self.began - earlier]


def _group_error(item: dict[str, Any]) -> GroupError:
    about = str((item.get("instanceActionDetails") or {}).get("instance", ""))
    return GroupError(
        text=told(item.get("error") or {}),
        machine=name_of(about),
        at=datetime.fromisoformat(str(item["timestamp"])),
    )
