"""What Google refuses whoever asks and however often: no permission of the caller's heals it, and no waiting.

Texts of real reports: https://github.com/terraform-google-modules/terraform-google-cloud-functions/issues/109 (service
perimeter); https://github.com/googleapis/python-storage/issues/1456, terraform-provider-google#5209,
java-docs-samples#276, zeta#71 (billing); kubernetes/minikube#17959 (suspended); hashicorp/terraform#29006 (API off);
GoogleCloudPlatform/oss-test-infra#2703, terraform-example-foundation#1454, terraform-provider-google#13701
(organisation policies); gcloudrig/gcloudrig#8 (free tier); firezone/firezone#7711 (a region that isn't open). Read
2026-11-30.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cluster_provision.clouds.problems import kind
from cluster_provision.errors import PermissionDenied, PlaceClosed

if TYPE_CHECKING:
    from cluster_provision.clouds.problems import Kind

POLICY = "Whoever keeps your organisation's policies can tell which values are allowed, or make an exception."
UPGRADE = "https://cloud.google.com/free/docs/free-cloud-features#how-to-upgrade"
_OVERVIEW = r"apis/api/(?P<service>[a-z0-9.-]+)/(?:overview|metrics)\?project=(?P<project>[a-z0-9.:-]+)"
_CONSUMER = r"\"consumer\": \"projects/(?P<project>[a-z0-9.:-]+)\""
_PROJECT = r"projects?[/ ]\W*(?P<project>(?=[a-z]*[-0-9])[a-z0-9][a-z0-9-]{4,28}[a-z0-9])\b"


def refusal_of(problem: str) -> Kind | None:
    """The kind of a refusal that no permission heals, None for any other problem."""
    return next((each for each in (*CAUSES, *POLICIES) if each.pattern.search(problem)), None)


# The first that fits counts.
CAUSES = (
    kind(
        r"vpcServiceControls|SECURITY_POLICY_VIOLATED|prohibited by organization.s policy|VPC Service Controls",
        PermissionDenied,
        "A service perimeter (VPC Service Controls) refuses this, which no role heals: give the "
        "vpcServiceControlsUniqueIdentifier of the message to whoever keeps your organisation's perimeters, who finds "
        "the refused call by it and can let this account or network in, or run this from within the perimeter.",
        final=True,
    ),
    kind(
        r"\bfree (?:tier|trial)\b|trial (?:billing )?account",
        PermissionDenied,
        f"A billing account in the free tier or trial gets no GPUs: upgrade it to a paid one ({UPGRADE}), and run the "
        "same command again.",
        final=True,
    ),
    kind(
        r"accountDisabled|BILLING_DISABLED|BILLING_NOT_FOUND|billing-enabled|billing account for the owning project"
        r"|billing (?:to be|must be|is not|has not been|isn't) enabled|billing (?:is |has been )?disabled"
        r"|(?:enable|no) billing\b|billing account (?:for|of) project|inactive billing state"
        r"|state (?:delinquent|absent)|(?:absent|closed|delinquent|disabled|invalid|inactive) billing account"
        r"|billing account .{0,80}(?:is|was) (?:closed|disabled|delinquent|absent|not (?:found|open|active))",
        PermissionDenied,
        "The project that this is in has no billing account that is open, which no role heals. Link one "
        "(https://console.cloud.google.com/billing/projects):\n"
        "  gcloud billing projects link <project> --billing-account=<account>\n"
        "and run the same command again some minutes later.",
        final=True,
        names=(_OVERVIEW, _CONSUMER, _PROJECT),
    ),
    kind(
        r"CONSUMER_SUSPENDED|(?:project|consumer|account)\b.{0,80}\b(?:is|was|has been|been) suspended",
        PermissionDenied,
        "Google has suspended the project, which no role heals: its owner finds the reason in an e-mail of Google's "
        "and on https://console.cloud.google.com, where an appeal can be made too.",
        final=True,
    ),
    kind(
        r"project\b.{0,80}\b(?:has been deleted|is pending deletion|pending delete|(?:marked|scheduled|requested) for "
        r"deletion|shut down)|DELETE_REQUESTED",
        PermissionDenied,
        "The project is being deleted. Within 30 days its owner can bring it back:\n"
        "  gcloud projects undelete <project>",
        final=True,
        names=(_PROJECT,),
    ),
    kind(
        r"requires a quota project|USER_PROJECT_DENIED|serviceusage\.services\.use\b"
        r"|authenticated using end user credentials|quota project.{0,60}(?:not set|which you may not)",
        PermissionDenied,
        "Your login charges its calls to a quota project, <consumer>, which you may not use, or to none. Name "
        "another:\n"
        "  gcloud auth application-default set-quota-project <project>\n"
        "or ask for roles/serviceusage.serviceUsageConsumer on it (docs/authentication.md).",
        names=(r"\"consumer\": \"projects/(?P<consumer>[a-z0-9.:-]+)\"",),
    ),
    kind(
        r"SERVICE_DISABLED|accessNotConfigured|Access Not Configured|has not been used in project \S+ before"
        r"|it is disabled\. Enable it by visiting|API \[?\S+\]? (?:is )?not enabled on project",
        PermissionDenied,
        "Enable the service, wait a minute, and run this again:\n"
        "  gcloud services enable <service> --project=<project>",
        names=(
            _OVERVIEW,
            r"API \[(?P<service>[a-z0-9.-]+)\] not enabled on project \[(?P<project>[a-z0-9.:-]+)\]",
            r"\"service\": \"(?P<service>[a-z0-9.-]+)\"",
            _CONSUMER,
            r"has not been used in project (?P<project>[a-z0-9.:-]+) before",
        ),
    ),
    kind(
        r"LOCATION_POLICY_VIOLATED|Permission denied on .?locations/|is not found or access is unauthorized"
        r"|(?:region|zone|location)\b.{0,60}\b(?:access is (?:restricted|unauthorized)|(?:isn't|is not|not) "
        r"(?:open|accessible|available|allowed) (?:to|for|in) (?:this|your|the) project)",
        PlaceClosed,
        "Google has not opened this place to the project, which no role heals: name another region in ZONE, or ask "
        "Google's sales or support for access to this one.",
        final=True,
    ),
    kind(
        r"SERVICE_ACCOUNT_ACCESS_DENIED|does not have access to service account|disableCrossProjectServiceAccountUsage"
        r"|iam\.serviceaccounts\.actAs|iam\.serviceAccountUser\b",
        PermissionDenied,
        "You and Google's agent of the project (<number>@cloudservices.gserviceaccount.com) need "
        "roles/iam.serviceAccountUser on the machines' account; one of another project has to be open to other "
        "projects, too (constraints/iam.disableCrossProjectServiceAccountUsage there). Or name an account of this "
        "project in SERVICE_ACCOUNT.",
        final=True,
    ),
)

# An organisation's own: what does without, and last whoever keeps them.
POLICIES = (
    kind(
        r"gcp\.resourceLocations|Location \S+ violates constraint",
        PlaceClosed,
        "An organisation policy (gcp.resourceLocations) allows nothing in this place: name another region in ZONE, or "
        f"ask for this one. {POLICY}",
        final=True,
    ),
    kind(
        r"compute\.vmExternalIpAccess",
        PermissionDenied,
        "An organisation policy forbids external addresses here: set EXTERNAL_IP=no.",
        final=True,
    ),
    kind(
        r"allowedPolicyMember|permitted (?:customer|organization)",
        PermissionDenied,
        "An organisation policy (iam.allowedPolicyMemberDomains) keeps this account from having roles here. "
        "DISABLE_OPS_AGENT=true does without the roles that the tool gives to the machines' account on the project; an "
        f"account of your own organisation that has them goes into SERVICE_ACCOUNT. {POLICY}",
        final=True,
    ),
    kind(
        r"disableServiceAccountCreation|service account creation is not allowed",
        PermissionDenied,
        "An organisation policy lets nobody make service accounts here: name one that is there in SERVICE_ACCOUNT.",
        final=True,
    ),
    kind(
        r"compute\.trustedImageProjects",
        PermissionDenied,
        "An organisation policy allows images of other projects alone: name one of those in IMAGE_PROJECT, with "
        f"IMAGE_NAME or IMAGE_FAMILY_NAME. {POLICY}",
        final=True,
    ),
    kind(
        r"customConstraints/|\bconstraints/\w+\.\w+|violates? (?:the )?constraint|custom org(?:anization)? polic"
        r"|org(?:anization|anisation)?[ -]polic(?:y|ies)\b|ORG_POLICY|orgpolicy:",
        PermissionDenied,
        f"An organisation policy forbids this: change what the message names, or have it allowed. {POLICY}",
        final=True,
    ),
)
