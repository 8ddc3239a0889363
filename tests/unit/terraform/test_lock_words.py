"""What Terraform says of its lock: 14 where somebody else holds it, else the class of what was in the way."""

from __future__ import annotations

import pytest

from cluster_provision import errors
from cluster_provision.terraform.dialects.azure import AZURE
from cluster_provision.terraform.dialects.gcp import GOOGLE
from cluster_provision.terraform.failures import Diagnostic, failure, went_through
from cluster_provision.terraform.lock_words import lock_id

ACQUIRING, RELEASING = "Error acquiring the state lock", "Error releasing the state lock"
WHY = (
    "\n\nTerraform acquires a state lock to protect the state from being written by multiple users at the same time. "
    "Please resolve the issue above and try again. For most commands, you can disable locking with the "
    '"-lock=false" flag, but this is not recommended.'
)
INFO = """
Lock Info:
  ID:        1796063118206543
  Path:      gs://b/demo/default.tflock
  Operation: OperationTypeApply
  Who:       ci@runner
  Version:   1.14.0
  Created:   2026-11-30 12:00:00.1 +0000 UTC
  Info:
"""
WRITING = 'writing "gs://b/demo/default.tflock" failed: '
NONE = "\nstorage: object doesn't exist"
INIT = "Additionally, unlocking the state file on Google Cloud Storage failed:"

CASES = [
    (f"{WRITING}googleapi: Error 412: At least one of the pre-conditions you specified did not hold., "
     f"conditionNotMet{INFO}", errors.StateLocked),
    (f"{WRITING}googleapi: Error 412: …, conditionNotMet{NONE}", errors.StateLocked),
    (f"{WRITING}googleapi: Error 403: x does not have storage.objects.create access, forbidden{NONE}",
     errors.StateStoreError),
    (f"{WRITING}googleapi: Error 403: no access, forbidden{INFO}", errors.StateLocked),
    (f"{WRITING}googleapi: Error 401: Invalid Credentials, authError{NONE}", errors.CredentialsError),
    (f'{WRITING}Post "https://x": oauth2: "invalid_grant" "Token has been expired or revoked."{NONE}',
     errors.CredentialsError),
    (f"{WRITING}googleapi: Error 404: The specified bucket does not exist., notFound", errors.StateStoreError),
    (f"{WRITING}googleapi: Error 403: Permission denied on Cloud KMS key., forbidden", errors.StateStoreError),
    (f"{WRITING}googleapi: Error 403: The billing account for the owning project is disabled in state delinquent",
     errors.StateStoreError),
    (f"{WRITING}googleapi: Error 429: The object exceeded the rate limit, rateLimitExceeded{NONE}", errors.Unreachable),
    (f"{WRITING}googleapi: Error 503: Backend Error, backendError", errors.Unreachable),
    (f'{WRITING}Post "https://storage.googleapis.com/": EOF{INFO}', errors.Unreachable),
    (f'{WRITING}Post "https://x": read tcp 1.2.3.4:5->6.7.8.9:443: read: connection reset by peer', errors.Unreachable),
    (f'{WRITING}Post "https://x": dial tcp: lookup x: no such host', errors.Unreachable),
    (f"state blob is already locked{INFO}", errors.StateLocked),
    ('2 errors occurred:\n\t* state blob is already locked\n\t* blob metadata "terraformlockid" was empty\n',
     errors.StateLocked),
    (f"unexpected status 409 (409 There is already a lease present.) with LeaseAlreadyPresent: …{INFO}",
     errors.StateLocked),
    ('storage: service returned error: StatusCode=409, ErrorCode=LeaseAlreadyPresent, ErrorMessage=There is already a '
     'lease present.\n* blob metadata "terraformlockid" was empty', errors.StateLocked),
    ("writing metadata: unexpected status 412 (412 There is currently a lease on the blob and no lease ID was "
     "specified in the request.) with LeaseIdMissing", errors.StateLocked),
    ("executing request: unexpected status 403 (403 This request is not authorized to perform this operation using "
     "this permission.) with AuthorizationPermissionMismatch\n* failed to retrieve lock info", errors.StateStoreError),
    ("executing request: unexpected status 404 (404 The specified container does not exist.) with ContainerNotFound",
     errors.StateStoreError),
    ("executing request: unexpected status 401 (401 Server failed to authenticate the request.) with "
     "InvalidAuthenticationInfo: Lifetime validation failed. The token is expired.", errors.CredentialsError),
    ("could not acquire access token to parse claims: AADSTS7000222: The provided client secret keys are expired",
     errors.CredentialsError),
    ("executing request: unexpected status 503 (503 The server is busy.) with ServerBusy", errors.Unreachable),
]  # fmt: skip


@pytest.mark.parametrize("dialect", [GOOGLE, AZURE], ids=["gcp", "azure"])
@pytest.mark.parametrize(("cause", "expected"), CASES, ids=[c[0][:60] for c in CASES])
def test_a_lock_that_can_not_be_had_has_the_class_of_its_cause(dialect, cause, expected) -> None:
    told = Diagnostic("error", ACQUIRING, f"Error message: {cause}{WHY}")
    found = failure("apply", [told], dialect)
    assert type(found) is expected
    assert "failed" in found.message


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Error loading state: {WRITING}googleapi: Error 412: …, conditionNotMet{INFO}", errors.StateLocked),
        (f"Error loading state: {WRITING}googleapi: Error 403: no storage.objects.create", errors.StateStoreError),
        (f"Error loading state: state blob is already locked{INFO}", errors.StateLocked),
        ("Failed to save state: unexpected status 412 with LeaseLost: A lease ID was specified, but the lease for the "
         "blob has expired.", errors.StateLocked),
        ("Failed to save state: unexpected status 409 with LeaseIdMismatchWithBlobOperation: The lease ID specified "
         "did not match the lease ID for the blob.", errors.StateLocked),
        ("Failed to get existing workspaces: querying Cloud Storage failed: Error 403: no", errors.StateStoreError),
    ],
)  # fmt: skip
@pytest.mark.parametrize("dialect", [GOOGLE, AZURE], ids=["gcp", "azure"])
def test_a_lock_that_is_met_without_those_words_too(dialect, text, expected) -> None:
    assert type(failure("init", [Diagnostic("error", text)], dialect)) is expected


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        ("googleapi: Error 403: no storage.objects.delete access, forbidden" + INFO, errors.StateStoreError),
        ("googleapi: Error 403: … is subject to bucket's retention policy, retentionPolicyNotMet" + INFO,
         errors.StateStoreError),
        ('Delete "https://x": EOF', errors.Unreachable),
        ("googleapi: Error 401: Invalid Credentials" + INFO, errors.CredentialsError),
        ("googleapi: Error 412: …, conditionNotMet" + INFO, errors.StateLocked),
        ('lock id "a" does not match existing lock' + INFO, errors.StateLocked),
        ("failed to delete lock info from metadata: unexpected status 403 with AuthorizationPermissionMismatch" + INFO,
         errors.StateStoreError),
    ],
)  # fmt: skip
def test_a_lock_that_can_not_be_released_says_that_the_work_went_through(cause, expected) -> None:
    told = [Diagnostic("error", RELEASING, f"Error message: {cause}\n\nTerraform acquires a lock when accessing …")]
    found = failure("apply", told, GOOGLE)
    assert type(found) is expected
    assert "terraform apply went through" in found.message
    assert went_through(told)


def test_a_failure_of_the_work_itself_counts_before_its_lock() -> None:
    told = [
        Diagnostic("error", "Quota 'CPUS' exceeded. Limit: 8.0 in region r."),
        Diagnostic("error", RELEASING, "Error message: EOF"),
    ]
    assert type(failure("apply", told, GOOGLE)) is errors.QuotaError
    assert not went_through(told)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f'{INIT}\n\nError message: "googleapi: Error 403"\nLock ID (gen): 167505797\nLock file URL: gs', "167505797"),
        ("Error unlocking Azure state. Lock ID: 7a304f3a-6b83\n\nError: EOF", "7a304f3a-6b83"),
        (f"{RELEASING} googleapi: Error 403{INFO}", "1796063118206543"),
        (RELEASING, ""),
    ],
)
def test_the_lock_that_is_named_is_known(text: str, expected: str) -> None:
    assert lock_id(" ".join(text.split())) == expected
