"""Sorts Google's reasons for making no machine, by their codes and texts.

Codes: Kubernetes' cluster-autoscaler (cloudprovider/gce, 2026-08-22) and SkyPilot 0.14.1. Texts: real reports,
collected in docs/capacity.md. Both count, because a code alone misleads: a machine and a disk that don't fit each other
get a stock-out's code (scylla-cluster-tests' data), and CONDITION_NOT_MET means a full reservation as well as a missing
one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cluster_provision.clouds.gcp.refusals import CAUSES, POLICIES
from cluster_provision.clouds.problems import first_fitting, kind
from cluster_provision.errors import (
    CapacityError,
    InUse,
    NotReady,
    PermissionDenied,
    QuotaError,
    SettingsError,
    Unreachable,
)

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
        "may name: `gcloud compute reservations list --project=<PROJECT_ID>` lists them.",
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
        r"IP_SPACE_EXHAUSTED|IP space of .* is exhausted|does not have available private IP space"
        r"|(?:not enough|insufficient|no) (?:free |available )?(?:private )?(?:IP |address )+(?:space|range)"
        r"|(?:range|subnet\w*) .{0,80}(?:is|has been) exhausted",
        SettingsError,
        "The network has no addresses left for this: set NETWORK_CONFIG=new_network, which has its own, or make the "
        "cluster smaller.",
    ),
    kind(
        r"IP range .{0,60}(?:overlaps|conflicts) with|overlaps with (?:the |an )?existing (?:allocated )?IP range",
        SettingsError,
        "The network uses these addresses already, or one that is peered with it does. Filestore chooses others at "
        "another try; where it doesn't, set NETWORK_CONFIG=new_network.",
    ),
    kind(
        r"custom subnet mode|must specify a subnet",
        SettingsError,
        "The network default has no subnet that Google chooses by itself (custom mode): set "
        "NETWORK_CONFIG=new_network.",
    ),
    kind(
        r"disk size .*smaller than the image|DiskSizeGb.*image size"
        r"|must be (?:at least|larger than) the (?:image|size of)",
        SettingsError,
        "The machines' disk has to be as large as their image at least: raise DISK_SIZE_GB.",
    ),
    kind(
        r"Cloud KMS|cryptoKeys?/|\bKMS[_ ]|cloudkms\.",
        PermissionDenied,
        "The encryption key that the message names can't be used: it has to be enabled, and the project's service "
        "agent needs roles/cloudkms.cryptoKeyEncrypterDecrypter on it.",
        final=True,
    ),
    *CAUSES,
    *POLICIES,
    kind(
        r"rateLimitExceeded|RATE_LIMIT_EXCEEDED|OPERATION_RATE_EXCEEDED|per[ -]minute",
        Unreachable,
        "Google got too many calls in a minute; the quota for machines is not the cause. Run the same command again in "
        "a minute.",
    ),
    kind(
        r"system limit for internal resources|request that we adjust this limit",
        QuotaError,
        "Google allows the project no more of this, and it is no quota that can be seen: fill in the form of the "
        "message, delete file servers that nobody needs, or name another region in ZONE.",
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
        "The reservation of RESERVATION_NAME has no machine free: wait, or make the cluster smaller: "
        "`gcloud compute reservations list --project=<PROJECT_ID>` shows what is in use.",
    ),
    kind(
        r"(?:machine|accelerator) type .{0,120}does not exist in (?:zone|region)",
        CapacityError,
        "This zone has no such machines at all: name another zone in ZONE, or another VM_TYPE.",
        final=True,
    ),
    kind(
        r"(?:filestore|file server).{0,300}(?:protected against deletion|deletion.?protection)",
        InUse,
        "Somebody has protected a file server against deletion. Show them, and lift it where nobody needs it:\n"
        "  gcloud filestore instances list --project=<PROJECT_ID>\n"
        "  gcloud filestore instances update <server> --project=<PROJECT_ID> --location=<place> "
        "--no-deletion-protection\n"
        "Then run the same command again, which goes on from here.",
        final=True,
        names=(
            r"projects/(?P<PROJECT_ID>[a-z0-9.:-]+)/locations/(?P<place>[a-z0-9-]+)/instances/(?P<server>[a-z0-9-]+)",
        ),
    ),
    kind(
        r"protected against deletion|deletion.?protection",
        InUse,
        "Somebody has protected it against deletion. Show what is protected, and lift it where nobody needs it:\n"
        "  gcloud compute instances list --project=<PROJECT_ID> --filter=deletionProtection=true\n"
        "  gcloud compute instances update <machine> --zone=<ZONE> --project=<PROJECT_ID> --no-deletion-protection\n"
        "Then run the same command again, which goes on from here.",
        final=True,
        names=(
            r"zones/(?P<ZONE>[a-z0-9-]+)/instances/(?P<machine>[a-z0-9-]+)",
            r"projects/(?P<PROJECT_ID>[a-z0-9.:-]+)/zones/",
        ),
    ),
    kind(
        r"only \d+ nodes? out of \d+ ha(?:ve|s) registered"
        r"|nodes? (?:have |has )?(?:failed|did not|unable) (?:to )?register"
        r"|NodePool \S+ was created in the error state",
        NotReady,
        "The nodes started, and did not reach their control plane: see whether a NAT or route is missing, whether a "
        "firewall rule of yours denies, and whether the nodes' account (SERVICE_ACCOUNT) has "
        "roles/container.defaultNodeServiceAccount. A node's own words:\n"
        "  gcloud compute instances get-serial-port-output <node> --project=<PROJECT_ID> --zone=<ZONE>\n"
        "Then run the same command again, which goes on from here.",
    ),
    kind(
        r"images/\S+ (?:was|is) not found|\bimage\b.{0,120}(?:not found|does not exist|is obsolete|has been deleted"
        r"|no longer (?:exists|available|supported))",
        SettingsError,
        "The image is not there, or not any more: name another in IMAGE_NAME or IMAGE_FAMILY_NAME, with IMAGE_PROJECT.",
    ),
    kind(
        r"(?:master|node|cluster|GKE)? ?version \S+ (?:is|was) (?:unsupported|not (?:found|supported|available|valid))"
        r"|no valid versions with the prefix",
        SettingsError,
        "GKE has no such version, or not any more. Those that GKE_VERSION can name:\n"
        "  gcloud container get-server-config --project=<PROJECT_ID> --location=<ZONE>",
    ),
    kind(
        r"PERMISSIONS?_(?:ERROR|DENIED)|Required '.*' permission|does not have permission|Permission '.*' denied",
        PermissionDenied,
        "Ask for the permission that the message names; docs/permissions.md lists all that you need.",
    ),
    kind(
        r"INVALID_FIELD_VALUE|Invalid value for field|^INVALID_ARGUMENT:",
        SettingsError,
        "Google doesn't take a value that follows from the settings: the message names the field. Correct the setting "
        "that it is about (VM_TYPE, DISK_SIZE_GB, DISK_TYPE, NETWORK_CONFIG, SERVICE_ACCOUNT).",
    ),
    kind(
        r"^RESOURCE_NOT_FOUND:|^NOT_FOUND:",
        SettingsError,
        "What the message names isn't there. Correct the setting that names it (SERVICE_ACCOUNT, IMAGE_NAME, "
        "RESERVATION_NAME); where it was a part of the cluster, Create makes it anew.",
        final=False,  # an account that was just made is known everywhere minutes later
    ),
    kind(
        r"^UNSUPPORTED_OPERATION:",
        SettingsError,
        "Google can't do this in any zone with these settings: change what the message names.",
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
