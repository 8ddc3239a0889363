"""Google's resources for the user: what one is called, where it is, and the command that deletes it.

Commands: https://cloud.google.com/sdk/gcloud/reference (looked up 2026-11).
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cluster_provision.result import Leftover

if TYPE_CHECKING:
    from collections.abc import Iterable

PATH = re.compile(
    r"projects/(?P<project>[^/\s']+)/(?:(?P<everywhere>global)|(?:zones|regions|locations)/(?P<place>[^/\s']+))/"
    r"(?P<collection>[A-Za-z]+)/(?P<name>[^/\s']+)"
)

ACCOUNT = re.compile(r"[^@]+@(?P<name>[a-z][a-z0-9-]*)(?:\.(?P<domain>[a-z0-9.-]+))?\.iam\.gserviceaccount\.com")


@dataclass(frozen=True)
class Collection:
    """`called` in the singular, `gcloud` the group of commands for it.

    `flag` names the place where the path doesn't; `global_flag`: the command needs --global for a global one.
    """

    called: str
    gcloud: str
    flag: str = ""
    global_flag: bool = False


# In the order in which they can be deleted.
COLLECTIONS = {
    "clusters": Collection("GKE cluster", "container clusters", flag="location"),
    "instanceGroupManagers": Collection("instance group", "compute instance-groups managed"),
    "instances": Collection("instance", "compute instances"),
    "instanceTemplates": Collection("instance template", "compute instance-templates"),
    "instanceGroups": Collection("unmanaged instance group", "compute instance-groups unmanaged"),
    "disks": Collection("disk", "compute disks"),
    "resourcePolicies": Collection("resource policy", "compute resource-policies"),
    "networkEndpointGroups": Collection("network endpoint group", "compute network-endpoint-groups", global_flag=True),
    "forwardingRules": Collection("forwarding rule", "compute forwarding-rules", global_flag=True),
    "vpnTunnels": Collection("VPN tunnel", "compute vpn-tunnels"),
    "connectors": Collection("VPC access connector", "compute networks vpc-access connectors", flag="region"),
    "routers": Collection("router", "compute routers"),
    "addresses": Collection("address", "compute addresses", global_flag=True),
    "routes": Collection("route", "compute routes"),
    "firewalls": Collection("firewall rule", "compute firewall-rules"),
    "subnetworks": Collection("subnetwork", "compute networks subnets"),
    "networks": Collection("network", "compute networks"),
}
FILE_SERVER = Collection("file server", "filestore instances", flag="location")
FIRST = (FILE_SERVER.called, *(each.called for each in COLLECTIONS.values()))


def name_of(link: str) -> str:
    """Return the last part of a resource's link or path; a bare name stays as it is."""
    return link.rpartition("/")[2]


def leftover(reference: str, note: str = "") -> Leftover:
    """Return the resource of this URL or path (projects/p/zones/z/disks/d); `note` adds a few words.

    An unknown kind has no command, and is called by its collection.
    """
    found = PATH.search(reference)
    if not found:
        return Leftover("resource", name_of(reference), note=note)
    collection, name, place = found["collection"], found["name"], found["place"] or ""
    if "file.googleapis.com" in reference or (collection == "instances" and "/locations/" in reference):
        known: Collection | None = FILE_SERVER
    else:
        known = COLLECTIONS.get(collection)
    if known is None:
        return Leftover(collection, name, place, note=note)
    where = _where(known, reference, place)
    project = shlex.quote(found["project"])
    command = f"gcloud {known.gcloud} delete {shlex.quote(name)} --project={project}{where}"
    return Leftover(known.called, name, place, command, note)


def unprotecting(found: Leftover) -> Leftover:
    """Return a machine or file server that is protected against deletion, with the command that lifts that."""
    command = f"{found.command.replace(' delete ', ' update ', 1)} --no-deletion-protection"
    return replace(found, command=command, note="protected against deletion")


def deletion_order(found: Iterable[Leftover]) -> list[Leftover]:
    """Return each of them once, users of a resource before the resource."""
    rank = {called: number for number, called in enumerate(FIRST)}
    once = {(each.kind, each.name, each.place): each for each in found}
    return sorted(once.values(), key=lambda each: (rank.get(each.kind, len(rank)), each.name))


def account_path(email: str) -> str:
    """The path of the account in the IAM API, under its own project where the e-mail tells which that is.

    Under `-`, any project, Google answers 403 instead of 404 for an account that doesn't exist:
    https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts/get (read 2026-11-30).
    """
    found = ACCOUNT.fullmatch(email)
    if not found:
        return f"projects/-/serviceAccounts/{email}"
    project = f"{found['domain']}:{found['name']}" if found["domain"] else found["name"]
    return f"projects/{project}/serviceAccounts/{email}"


def service_account(email: str, project: str) -> Leftover:
    command = f"gcloud iam service-accounts delete {shlex.quote(email)} --project={shlex.quote(project)}"
    return Leftover("service account", email, "", command)


def dashboard(title: str, name: str, project: str) -> Leftover:
    """Return the dashboard with this title and full name."""
    command = f"gcloud monitoring dashboards delete {shlex.quote(name)} --project={shlex.quote(project)}"
    return Leftover("dashboard", title, "", command)


def _where(known: Collection, reference: str, place: str) -> str:
    if not place:
        return " --global" if known.global_flag else ""
    flag = known.flag or ("zone" if "/zones/" in reference else "region")
    return f" --{flag}={shlex.quote(place)}"
