"""Terraform's diagnostics become errors with the right class."""

import pytest

from cluster_provision import errors
from cluster_provision.terraform.dialects.gcp import GOOGLE
from cluster_provision.terraform.failures import Diagnostic, failure

CASES = [
    (
        "Error waiting for instance to create: The zone 'projects/p/zones/us-west1-c' does not have enough resources "
        "available to fulfill the request. Try a different zone, or try again later",
        errors.CapacityError,
    ),
    ("Error: Quota 'GPUS_ALL_REGIONS' exceeded. Limit: 0.0 globally.", errors.QuotaError),
    (
        "error creating NodePool: googleapi: Error 403: (1) insufficient regional quota to satisfy request: "
        'resource "CPUS": request requires 72.0 and is short 48.0., forbidden',
        errors.QuotaError,
    ),
    (
        "Error creating Network: googleapi: Error 403: Required 'compute.networks.create' permission for 'x', for"
        "bidden",
        errors.PermissionDenied,
    ),
    ("Failed to get existing workspaces: querying Cloud Storage failed: no", errors.StateStoreError),
    ('Failed to get existing workspaces: querying Cloud Storage failed: Get "https://x": EOF', errors.Unreachable),
    ("oauth2: cannot fetch token: 400 Bad Request invalid_grant", errors.CredentialsError),
    ("Get https://compute.googleapis.com: dial tcp: lookup compute.googleapis.com: no such host", errors.Unreachable),
    ("oauth2: cannot fetch token: Post https://oauth2.googleapis.com: dial tcp: i/o timeout", errors.Unreachable),
    ("fork/exec .terraform/providers/google: permission denied", errors.MachineError),
    ("could not connect to registry.terraform.io: context deadline exceeded", errors.Unreachable),
    ("Error 404: The resource 'projects/p/global/networks/default' was not found, notFound", errors.SettingsError),
    ("write /tmp/x/plan.bin: no space left on device", errors.MachineError),
    (
        "The zone does not have enough resources: [pd-standard, n4-standard-16] features are not compatible for "
        "creating instance",
        errors.SettingsError,
    ),
    ("Error: something nobody has seen before", errors.TerraformError),
]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[c[0][:40] for c in CASES])
def test_a_diagnostic_gets_its_class(text: str, expected: type[errors.ProvisionError]) -> None:
    assert type(failure("apply", [Diagnostic("error", text)], GOOGLE)) is expected


def test_warnings_do_not_decide_the_class() -> None:
    told = [Diagnostic("warning", "Quota 'CPUS' exceeded"), Diagnostic("error", "no idea")]
    assert type(failure("plan", told, GOOGLE)) is errors.TerraformError


def test_every_class_has_an_exit_code_of_its_own() -> None:
    # what a command of the user's ends with is one thing, whoever runs it: 24
    apart = (errors.Interrupted, errors.CommandFailed)
    classes = [c for c in errors.ProvisionError.__subclasses__() if c not in apart]
    codes = [c.exit_code for c in classes]
    assert sorted(codes) == sorted(set(codes))
    assert {1, 2, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 21, 22, 23, 24} == set(codes)


def test_a_failure_without_diagnostics_still_says_so() -> None:
    assert "gave no reason" in failure("apply", [], GOOGLE).message


def test_what_is_in_the_way_of_a_deletion_is_named_with_its_command() -> None:
    network = "The network resource 'projects/p/global/networks/demo-dpl-net' is already being used by"
    subnet = "The subnetwork resource 'projects/p/regions/r/subnetworks/s' is already being used by"
    reading = "Error when reading or editing Subnetwork: googleapi: Error 400:"
    told = [
        Diagnostic("error", f"Error waiting for Deleting Network: {network} 'projects/p/global/firewalls/ssh'"),
        Diagnostic("error", f"{reading} {subnet} 'projects/p/zones/z/instances/vm', resourceInUseByAnotherResource"),
    ]
    found = failure("destroy", told, GOOGLE)
    assert (type(found), found.exit_code) == (errors.InUse, 20)
    assert "firewall rule ssh" in found.message
    assert "instance vm in z" in found.message
    assert "gcloud compute firewall-rules delete ssh --project=p" in found.advice
    assert "gcloud compute instances delete vm --project=p --zone=z" in found.advice


def test_what_nobody_can_see_is_googles_to_explain() -> None:
    text = "The network resource 'n' is already being used by 'projects/p/global/networkInstances/v-1'"
    assert "support" in failure("destroy", [Diagnostic("error", text)], GOOGLE).advice
