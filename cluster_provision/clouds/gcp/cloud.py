"""Google Cloud for a cluster of virtual machines: project, permissions, machines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.base import Machine, NotFound
from cluster_provision.clouds.gcp.adoption import GcpAdoption
from cluster_provision.clouds.gcp.api import COMPUTE, IAM, RESOURCE_MANAGER
from cluster_provision.clouds.gcp.default_network import GcpDefaultNetwork
from cluster_provision.clouds.gcp.filestore import GcpFilestore
from cluster_provision.clouds.gcp.group_errors import GcpGroupErrors
from cluster_provision.clouds.gcp.machine_keys import GcpMachineKeys
from cluster_provision.clouds.gcp.orphans import GcpOrphans
from cluster_provision.clouds.gcp.problems import told
from cluster_provision.clouds.gcp.resources import account_path, name_of
from cluster_provision.errors import CANNOT_LOOK, SettingsError
from cluster_provision.labels import CLUSTER_LABEL

if TYPE_CHECKING:
    from collections.abc import Sequence

GOING = ("DELETING", "ABANDONING")


@dataclass(frozen=True)
class Project:
    """`number` is the project's number, `default_account` its Compute Engine default service account."""

    id: str
    number: str
    default_account: str


class Gcp(GcpGroupErrors, GcpOrphans, GcpAdoption, GcpFilestore, GcpDefaultNetwork, GcpMachineKeys):
    """Calls Google's APIs with the caller's credentials. Only `recreate`, `remove_orphans` and `let_key_in`
    change something."""

    def project(self) -> Project:
        """Return the project. It is the first call, so it also proves that Google can be reached."""
        try:
            found = self._get(f"{COMPUTE}/projects/{self._project}", f"looking up project {self._project}")
        except NotFound:
            raise SettingsError(
                (f"PROJECT_ID={self._project}: there is no such project, or you can't see it",)
            ) from None
        account = str(found.get("defaultServiceAccount", ""))
        return Project(self._project, account.partition("-")[0] or self._number(), account)

    def may(self, permissions: tuple[str, ...]) -> bool | None:
        """Whether the caller has all of these on the project, or None where Google can't say: the check that goes by it
        is "unknown" then."""
        url = f"{RESOURCE_MANAGER}/projects/{self._project}:testIamPermissions"
        try:
            told = self._call("POST", url, "testing permissions", {"permissions": list(permissions)})
        except (NotFound, *CANNOT_LOOK):
            return None
        return set(permissions) <= set(told.get("permissions", []))

    def account_title(self, email: str) -> str | None:
        """Return a service account's display name, or None where it doesn't exist."""
        try:
            found = self._get(f"{IAM}/{account_path(email)}", f"looking up {email}")
        except NotFound:
            return None
        return str(found.get("displayName", ""))

    def group_template(self, zone: str, group: str) -> str:
        """Return the group's instance template; empty where there is no such group."""
        path = f"{self._project}/zones/{zone}/instanceGroupManagers/{group}"
        try:
            found = self._get(f"{COMPUTE}/projects/{path}", f"looking up {group}")
        except NotFound:
            return ""
        versions = found.get("versions") or [found]
        return str(versions[0].get("instanceTemplate", ""))

    def recreate(self, zone: str, group: str, machines: list[Machine]) -> None:
        """Make the group replace these machines under their own names."""
        base = f"{COMPUTE}/projects/{self._project}/zones/{zone}"
        named = [f"zones/{zone}/instances/{m.name}" for m in machines]
        url = f"{base}/instanceGroupManagers/{group}/recreateInstances"
        self._call("POST", url, f"recreating machines of {group}", {"instances": named})

    def machines(self, zone: str, groups: Sequence[str], label: str) -> list[Machine]:
        """Return the groups' machines that are to stay, sorted by name, with what is known of each instance.

        It lists each group's managed instances, and once the label's instances, whatever the groups' sizes.

        A listing of each group's managed instances and one of the label's instances, whatever the groups' sizes.
        """
        managed = [(group, each) for group in groups for each in self._managed(zone, group)]
        staying = [(group, m) for group, m in managed if m.get("currentAction") not in GOING]
        details = {i["name"]: i for i in self.instances(zone, label)} if staying else {}
        return sorted((_machine(m, details, zone, group) for group, m in staying), key=lambda m: m.name)

    def _managed(self, zone: str, group: str) -> list[dict[str, Any]]:
        url = f"{COMPUTE}/projects/{self._project}/zones/{zone}/instanceGroupManagers/{group}/listManagedInstances"
        try:
            return list(self._pages("POST", url, f"listing the machines of {group}", "managedInstances"))
        except NotFound:
            return []

    def instances(self, zone: str, label: str) -> list[dict[str, Any]]:
        """Return the zone's instances with the cluster's label, as the API describes them."""
        url = f"{COMPUTE}/projects/{self._project}/zones/{zone}/instances"
        query = {"filter": f'labels.{CLUSTER_LABEL}="{label}"'}
        return list(self._pages("GET", url, "listing the cluster's instances", "items", query))


def _machine(managed: dict[str, Any], details: dict[str, dict[str, Any]], zone: str, group: str) -> Machine:
    name = managed.get("name") or name_of(str(managed.get("instance", "")))
    known = details.get(name, {})
    interfaces = known.get("networkInterfaces") or [{}]
    items = {i["key"]: i.get("value", "") for i in known.get("metadata", {}).get("items", [])}
    errors = managed.get("lastAttempt", {}).get("errors", {}).get("errors", [])
    return Machine(
        name=name,
        group=group,
        # A machine being replaced still has its former id, whose records no longer count.
        instance_id=""
        if managed.get("currentAction") == "RECREATING"
        else str(managed.get("id") or known.get("id", "")),
        zone=zone,
        address=interfaces[0].get("networkIP", ""),
        status=str(managed.get("instanceStatus", "")),
        template=str(managed.get("version", {}).get("instanceTemplate", "")),
        proxy_url=items.get("proxy-url", ""),
        problem="; ".join(told(e) for e in errors),
    )
