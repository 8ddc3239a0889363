"""Sorts Google's reasons for making no machine, by their codes and texts.

Codes: Kubernetes' cluster-autoscaler (cloudprovider/gce, 2026-08-22) and SkyPilot 0.14.1. Texts: real reports,
collected in docs/capacity.md. Both count, because a code alone misleads: a machine and a disk that don't fit each other
get a stock-out's code (scylla-cluster-tests' data), and CONDITION_NOT_MET means a full reservation as well as a missing
one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.problems import first_fitting, kind
from cluster_provision.errors import CapacityError, PermissionDenied, QuotaError, SettingsError, Unreachable

if TYPE_CHECKING:
    from cluster_provision.clouds.problems import Kind


def kind_of(problem: str) -> Kind:
    """Return the kind of "<code>: <message>"."""
    return first_fitting(problem, KINDS)


# The first that fits wins.
KINDS = (
    kind(
        r"features are not compatible for creating instance",
        SettingsError,
        "The machine type does not take this disk or accelerator: change VM_TYPE, DISK_TYPE or ACCELERATOR_TYPE.",
    ),
    kind(
        r"do not support live migration|must have onHostMaintenance|Flex start node pools don't support",
        SettingsError,
        "The machine type isn't available in this way: change VM_TYPE or PROVISIONING_MODEL.",
    ),
    kind(
        r"No more than \d+ instances of machine type .* can be created with this policy",
        SettingsError,
        "Google places fewer machines of this type close to each other: set COMPACT_PLACEMENT=no, or make the cluster "
        "smaller.",
    ),
    kind(
        r"Specified reservation .*does not exist|reservation must exist in the same project"
        r"|specificReservationRequired is not set|reservation .*(?:does not match|incompatible)",
        SettingsError,
        "RESERVATION_NAME must name a reservation of this project, in this zone, for this machine type, that machines "
        "may name: gcloud compute reservations list.",
    ),
    kind(
        r"network profile only allows resource creation in",
        SettingsError,
        "The network is for machines of another zone: run Destroy, then Create with this ZONE.",
    ),
    kind(
        r"Too many network interfaces|Networks must be distinct for NICs",
        SettingsError,
        "The machine type takes fewer network cards: set NETWORK_CONFIG=new_network, or a larger VM_TYPE.",
    ),
    kind(
        r"IP_SPACE_EXHAUSTED|IP space of .* is exhausted",
        SettingsError,
        "The subnetwork has no address left: make the cluster smaller, or set NETWORK_CONFIG=new_network.",
    ),
    kind(
        r"constraints/compute\.vmExternalIpAccess",
        PermissionDenied,
        "An organisation policy forbids external addresses here: set EXTERNAL_IP=no.",
    ),
    kind(
        r"Constraint constraints/\S+ violated",
        PermissionDenied,
        "An organisation policy forbids this: ask its owner, or change the setting that the message is about.",
    ),
    kind(
        r"rateLimitExceeded|RATE_LIMIT_EXCEEDED|OPERATION_RATE_EXCEEDED|per[ -]minute",
        Unreachable,
        "Google got too many calls in a minute; the quota for machines is not the cause. Run the same command again in "
        "a minute.",
    ),
    kind(
        r"^\S*QUOTA\S*:|QUOTA_EXCEEDED|quota .*exceeded|insufficient regional quota|quota limit",
        QuotaError,
        "Ask for more quota (https://console.cloud.google.com/iam-admin/quotas) or make the cluster smaller.",
    ),
    kind(
        r"RESOURCE_POOL_EXHAUSTED|INSUFFICIENT_?CAPACITY|STOCKOUT|does not have enough resources available"
        r"|currently unavailable in the|preempted while|was preempted",
        CapacityError,
        "Add another zone to ZONE, try another VM_TYPE or PROVISIONING_MODEL, or try again later.",
    ),
    kind(
        r"No available resources in specified reservation|reservation .*does not have available resources"
        r"|Reservation does not have enough resources|requires reservation to be in READY state",
        CapacityError,
        "The reservation of RESERVATION_NAME has no machine free: wait, or see who uses it (gcloud compute "
        "reservations describe).",
    ),
    kind(
        r"PERMISSIONS?_(?:ERROR|DENIED)|Required '.*' permission|does not have permission|Permission '.*' denied",
        PermissionDenied,
        "Ask for the permission that the message names; docs/permissions.md lists all that you need.",
    ),
)


def told(error: dict[str, Any]) -> str:
    """Return an error of an operation, or of a group's last attempt, in one line: "<code>: <message>".

    It includes the API's text for people, which names the machine and zones that may have some
    (Operation.error.errors[].errorDetails[], compute.v1 of 2026-11).
    """
    message = str(error.get("message", ""))
    for detail in error.get("errorDetails") or ():
        more = str((detail.get("localizedMessage") or {}).get("message", ""))
        if more and more not in message:
            message = f"{message} {more}"
    return " ".join(f"{error.get('code', '')}: {message}".split())
