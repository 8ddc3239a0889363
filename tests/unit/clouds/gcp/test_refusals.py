"""What Google refuses for good: by class, with advice that fits its cause, in the words of real reports."""

from __future__ import annotations

import pytest
from google.api_core import exceptions as api

from cluster_provision import errors
from cluster_provision.clouds.gcp.api import Refusal
from cluster_provision.clouds.gcp.failures import google_failures_named
from cluster_provision.clouds.gcp.problems import kind_of
from cluster_provision.terraform.dialects.gcp import GOOGLE
from cluster_provision.terraform.failures import Diagnostic, failure

PERIMETER = "Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: Ab1-xyz"
API_OFF = (
    "Compute Engine API has not been used in project 111122223333 before or it is disabled. Enable it by visiting "
    "https://console.developers.google.com/apis/api/compute.googleapis.com/overview?project=111122223333 then retry."
)
CAUSES = [
    (PERIMETER, errors.PermissionDenied, "perimeter"),
    ("SECURITY_POLICY_VIOLATED: Request is prohibited by organization's policy", errors.PermissionDenied, "perimeter"),
    ("The billing account for the owning project is disabled in state absent", errors.PermissionDenied, "billing"),
    ("The project to be billed is associated with a closed billing account.", errors.PermissionDenied, "billing"),
    ("Project my-project-123 (#808448574146) has billing disabled. Please enable it.", errors.PermissionDenied, "link"),
    (
        "This API method requires billing to be enabled. Please enable billing on project #111122223333 by visiting "
        "https://console.developers.google.com/billing/enable?project=111122223333 then retry.",
        errors.PermissionDenied,
        "gcloud billing projects link 111122223333",
    ),
    (
        "FAILED_PRECONDITION: Billing account for project '522837608576' is not found. Billing must be enabled for "
        "activation of service(s) 'compute.googleapis.com' to proceed.",
        errors.PermissionDenied,
        "gcloud billing projects link 522837608576",
    ),
    (
        "The account for bucket b has been disabled: owning project is in state delinquent",
        errors.PermissionDenied,
        "billing",
    ),
    (
        "Permission denied: Consumer 'project_number:123456' has been suspended.",
        errors.PermissionDenied,
        "suspended the project",
    ),
    ("Project 'my-project-123' has been suspended.", errors.PermissionDenied, "suspended the project"),
    ("Project #123456789 has been deleted.", errors.PermissionDenied, "gcloud projects undelete 123456789"),
    (
        "The compute.googleapis.com API requires a quota project, which is not set by default.",
        errors.PermissionDenied,
        "set-quota-project",
    ),
    (
        "Your application has authenticated using end user credentials from gcloud which are not supported",
        errors.PermissionDenied,
        "set-quota-project",
    ),
    (API_OFF, errors.PermissionDenied, "gcloud services enable compute.googleapis.com --project=111122223333"),
    ("Permission denied on 'locations/me-central2' (or it may not exist).", errors.PlaceClosed, "another region"),
    ("Location us-east1-d is not found or access is unauthorized.", errors.PlaceClosed, "another region"),
    (
        "Location ZONE:us-central1-a violates constraint constraints/gcp.resourceLocations on the resource x.",
        errors.PlaceClosed,
        "organisation policy",
    ),
    ("'us-central1' violates constraint 'constraints/gcp.resourceLocations'", errors.PlaceClosed, "another region"),
    (
        "One or more users named in the policy do not belong to a permitted customer.",
        errors.PermissionDenied,
        "DISABLE_OPS_AGENT=true",
    ),
    ("constraints/iam.allowedPolicyMemberDomains violated", errors.PermissionDenied, "DISABLE_OPS_AGENT=true"),
    ("Service account creation is not allowed on this project.", errors.PermissionDenied, "SERVICE_ACCOUNT"),
    (
        "Constraint constraints/compute.trustedImageProjects violated for project x. Use of images from project y is "
        "prohibited.",
        errors.PermissionDenied,
        "IMAGE_PROJECT",
    ),
    (
        "Operation denied by custom org policies: [customConstraints/custom.only-n2: machine types]",
        errors.PermissionDenied,
        "organisation policy",
    ),
    (
        "Request violates constraint 'constraints/gcp.restrictNonCmekServices'",
        errors.PermissionDenied,
        "organisation policy",
    ),
    (
        "UNSUPPORTED_OPERATION: Your billing account is currently in the free tier where non-TPU accelerators are not "
        "available. Please upgrade to a paid billing account",
        errors.PermissionDenied,
        "upgrade it to a paid one",
    ),
    (
        "SERVICE_ACCOUNT_ACCESS_DENIED: The user does not have access to service account 'n@other.iam"
        ".gserviceaccount.com'. User: '1@cloudservices.gserviceaccount.com'. Ask a project owner to grant you the "
        "iam.serviceAccountUser role",
        errors.PermissionDenied,
        "roles/iam.serviceAccountUser",
    ),
]


@pytest.mark.parametrize(("text", "expected", "advice"), CAUSES, ids=[c[0][:50] for c in CAUSES])
def test_a_refusal_has_the_class_and_the_advice_of_its_cause_whoever_hears_it(
    text: str, expected: type[errors.ProvisionError], advice: str
) -> None:
    told = [
        kind_of(text).raised_for(text),
        failure("apply", [Diagnostic("error", f"Error creating x: googleapi: Error 403: {text}, forbidden")], GOOGLE),
        failure(
            "init", [Diagnostic("error", f"Failed to get existing workspaces: googleapi: Error 403: {text}")], GOOGLE
        ),
        Refusal(403, f"looking: {text}").error(),
        Refusal(400, f"looking: {text}").error(),
    ]
    with pytest.raises(expected) as raised, google_failures_named("looking for bucket b", errors.StateStoreError):
        raise api.Forbidden(f"GET https://x: {text}")
    for each in (*told, raised.value):
        assert type(each) is expected, each
        assert advice in each.advice
        assert "permissions.md" not in each.advice
    assert kind_of(text).final or "services enable" in advice or "quota" in advice


def test_the_reason_counts_where_the_text_says_nothing() -> None:
    refused = Refusal(403, "looking: no", frozenset({"LOCATION_POLICY_VIOLATED"})).error()
    assert type(refused) is errors.PlaceClosed
    off = Refusal(403, "looking: off", frozenset({"SERVICE_DISABLED"}), "file.googleapis.com", "my-project-1").error()
    assert "gcloud services enable file.googleapis.com --project=my-project-1" in off.advice  # type: ignore[union-attr]
    with pytest.raises(errors.PermissionDenied) as raised, google_failures_named("x", errors.StateStoreError):
        raise api.Forbidden("GET https://x: no", errors=[{"reason": "accountDisabled", "domain": "global"}])
    assert "billing" in raised.value.advice


def test_terraforms_details_name_the_service_and_the_project() -> None:
    details = (
        '"metadata": {"consumer": "projects/998", "service": "container.googleapis.com"}, "reason": "SERVICE_DISABLED"'
    )
    found = failure("apply", [Diagnostic("error", f"googleapi: Error 403: off Details: [{details}]")], GOOGLE)
    assert "gcloud services enable container.googleapis.com --project=998" in found.advice


FINAL = [
    ("INVALID_FIELD_VALUE: Invalid value for field 'resource.disks[0].diskSizeGb': '50'.", "DISK_SIZE_GB"),
    ("INVALID_FIELD_VALUE: Requested disk size cannot be smaller than the image size (100 GB)", "DISK_SIZE_GB"),
    ("x: Network interface must specify a subnet if the network resource is in custom subnet mode.", "new_network"),
    ("RESOURCE_NOT_FOUND: The resource 'projects/p/global/images/gone' was not found", "IMAGE_NAME"),
    ('The network "default" does not have available private IP space in 10.0.0.0/9 to reserve a /14 block', "new_net"),
    ("reserved IP range 172.19.30.0/29 overlaps with the existing allocated IP range 172.19.30.0/29", "new_network"),
    ('Node version "1.22.1-gke.1" is unsupported.', "GKE_VERSION"),
    ("UNSUPPORTED_OPERATION: The operation is not supported for this machine type.", "change what the message names"),
]


@pytest.mark.parametrize(("text", "advice"), FINAL, ids=[f[0][:50] for f in FINAL])
def test_settings_that_google_will_never_take_are_told_at_once(text: str, advice: str) -> None:
    found = kind_of(text)
    assert (found.error, found.final) == (errors.SettingsError, True)
    assert advice in found.advice
    assert type(failure("apply", [Diagnostic("error", text)], GOOGLE)) is errors.SettingsError


def test_an_account_that_was_just_made_may_be_waited_for() -> None:
    found = kind_of("RESOURCE_NOT_FOUND: The resource 'projects/p/serviceAccounts/a@p.iam' was not found")
    assert (found.error, found.final) == (errors.SettingsError, False)


def test_what_a_keys_own_error_needs_is_told() -> None:
    found = kind_of("x: Cloud KMS error when using key projects/p/locations/l/keyRings/r/cryptoKeys/k: disabled")
    assert (found.error, found.final) == (errors.PermissionDenied, True)
    assert "cryptoKeyEncrypterDecrypter" in found.advice


def test_filestores_limit_is_a_quota_of_the_region() -> None:
    text = "System limit for internal resources has been reached. To request that we adjust this limit, fill out"
    assert kind_of(text).error is errors.QuotaError
    assert "form" in kind_of(text).advice


def test_nodes_that_never_register_are_not_ready() -> None:
    text = "All cluster resources were brought up, but: only 0 nodes out of 1 have registered; this is likely due to"
    found = failure("apply", [Diagnostic("error", text)], GOOGLE)
    assert type(found) is errors.NotReady
    assert "NAT" in found.advice


def test_what_is_protected_against_deletion_comes_with_the_command_that_lifts_it() -> None:
    text = (
        "Error waiting for deleting: Invalid resource usage: 'Resource projects/p1-x/zones/us-a1-b/instances/vm-7 "
        "cannot be deleted if it's protected against deletion.'."
    )
    found = failure("destroy", [Diagnostic("error", text)], GOOGLE)
    assert (type(found), found.exit_code) == (errors.InUse, 20)
    assert "gcloud compute instances update vm-7 --zone=us-a1-b --project=p1-x --no-deletion-protection" in found.advice


def test_a_file_server_that_is_protected_is_told_as_one() -> None:
    text = "The instance is protected against deletion."
    address = 'module.file_shares.google_filestore_instance.this["/mnt/a"]'
    found = failure("destroy", [Diagnostic("error", text, address=address)], GOOGLE)
    assert "gcloud filestore instances update" in found.advice
    assert "gcloud compute" not in found.advice


def test_a_type_that_the_zone_lacks_leads_to_the_next_zone() -> None:
    text = 'Accelerator type "nvidia-h100-80gb" does not exist in zone us-central1-a.'
    assert (kind_of(text).error, kind_of(text).final) == (errors.CapacityError, True)


@pytest.mark.parametrize(
    "text",
    [
        "Object 'b/x' is subject to bucket's retention policy or object retention and cannot be deleted",
        "Object 'b/x' is under active Event-Based hold and cannot be deleted, overwritten or archived until hold",
    ],
)
def test_a_bucket_that_keeps_its_objects_is_told_as_that(text: str) -> None:
    with pytest.raises(errors.StateStoreError) as raised, google_failures_named("x", errors.StateStoreError):
        raise api.Forbidden(f"DELETE https://x: {text}")
    assert "keeps its objects" in raised.value.advice
