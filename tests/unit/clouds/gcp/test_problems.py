"""What Google says of machines that it doesn't make, by code and by text: real ones, most of them."""

import pytest

from cluster_provision import errors
from cluster_provision.clouds.gcp.problems import kind_of, told

EXHAUSTED = "ZONE_RESOURCE_POOL_EXHAUSTED_WITH_DETAILS"
CASES = [
    (f"{EXHAUSTED}: The zone 'projects/p/zones/us-central1-b' does not have enough resources", errors.CapacityError),
    ("RESOURCE_POOL_EXHAUSTED: no", errors.CapacityError),
    ("INSUFFICIENT_CAPACITY: no", errors.CapacityError),
    ("GCE_STOCKOUT: no", errors.CapacityError),
    ("x: A n1-highmem-2 VM instance is currently unavailable in the europe-west2-a zone.", errors.CapacityError),
    ("UNSUPPORTED_OPERATION: Instance 'x' creation failed: it was preempted while creating", errors.CapacityError),
    (
        f"{EXHAUSTED}: [pd-standard, pd-ssd, n4-standard-16] features are not compatible for creating instance",
        errors.SettingsError,
    ),
    (
        "INVALID_USAGE: [nvidia-tesla-a100, n1-highmem-8] features are not compatible for creating instance",
        errors.SettingsError,
    ),
    ("QUOTA_EXCEEDED: Quota 'NVIDIA_V100_GPUS' exceeded. Limit: 1.0 in region us-central1.", errors.QuotaError),
    ("GCE_QUOTA_EXCEEDED: anything", errors.QuotaError),
    ("x: Quota 'GPUS_ALL_REGIONS' exceeded. Limit: 0.0 globally.", errors.QuotaError),
    ("x: Quota exceeded for quota metric 'Queries' and limit 'Queries per minute'", errors.Unreachable),
    ("RESOURCE_OPERATION_RATE_EXCEEDED: slow down", errors.Unreachable),
    ("CONDITION_NOT_MET: Specified reservation 'r' does not exist.", errors.SettingsError),
    (
        "CONDITION_NOT_MET: Specified reservation 'r' does not have available resources for the request.",
        errors.CapacityError,
    ),
    ("CONDITION_NOT_MET: No available resources in specified reservations", errors.CapacityError),
    (
        "CONDITION_NOT_MET: Cannot use reservation with status: CREATING, as it requires reservation to be in READY "
        "state.",
        errors.CapacityError,
    ),
    ("CONDITION_NOT_MET: The reservation must exist in the same project as the instance", errors.SettingsError),
    ("x: r can not be targeted as specificReservationRequired is not set", errors.SettingsError),
    ("x: Reservation does not have enough resources for the request.", errors.CapacityError),
    (
        "x: No more than 0 instances of machine type a3-highgpu-8g can be created with this policy.",
        errors.SettingsError,
    ),
    ("x: Instances with guest accelerators do not support live migration", errors.SettingsError),
    ("IP_SPACE_EXHAUSTED: IP space of 'projects/p/regions/r/subnetworks/s' is exhausted.", errors.SettingsError),
    ("PERMISSIONS_ERROR: Required 'compute.instances.create' permission for 'x'", errors.PermissionDenied),
    (
        "CONDITION_NOT_MET: Constraint constraints/compute.vmExternalIpAccess violated for project 1.",
        errors.PermissionDenied,
    ),
    ("CONDITION_NOT_MET: something else", errors.NotReady),
    ("INTERNAL_ERROR: Internal error. Please try again.", errors.NotReady),
]


@pytest.mark.parametrize(("problem", "expected"), CASES, ids=[c[0][:60] for c in CASES])
def test_a_problem_gets_its_class(problem: str, expected: type[errors.ProvisionError]) -> None:
    assert kind_of(problem).error is expected


def test_an_external_address_that_a_policy_forbids_can_be_done_without() -> None:
    text = "CONDITION_NOT_MET: Constraint constraints/compute.vmExternalIpAccess violated for project 1"
    assert "EXTERNAL_IP=no" in kind_of(text).advice


def test_the_text_for_people_is_told_with_the_code() -> None:
    error = {
        "code": EXHAUSTED,
        "message": "The zone does not have enough resources.",
        "errorDetails": [
            {"errorInfo": {"reason": "resource_availability"}},
            {"localizedMessage": {"locale": "en-US", "message": "Consider trying the us-central1-a zone."}},
        ],
    }
    assert (
        told(error) == f"{EXHAUSTED}: The zone does not have enough resources. Consider trying the us-central1-a zone."
    )
