"""What Azure makes no machine for, by class, in the words of real reports."""

from __future__ import annotations

import pytest

from cluster_provision.clouds.azure.problems import kind_of
from cluster_provision.errors import CapacityError, NotReady, PermissionDenied, QuotaError, SettingsError


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (
            "SkuNotAvailable: The requested VM size for resource 'x' is currently not available in 'eastus'.",
            CapacityError,
        ),
        ("AllocationFailed: Allocation failed. We do not have sufficient capacity", CapacityError),
        ("OverconstrainedZonalAllocationRequest: Allocation failed. VM(s) with the following", CapacityError),
        (
            "OperationNotAllowed: Operation could not be completed as it results in exceeding approved x Cores quota.",
            QuotaError,
        ),
        ("AuthorizationFailed: The client 'X' does not have authorization to perform action", PermissionDenied),
        ("RequestDisallowedByPolicy: Resource 'X' was disallowed by policy.", PermissionDenied),
        ("ResourcePurchaseValidationFailed: You have not accepted the legal terms", SettingsError),
        ("OSProvisioningTimedOut: OS Provisioning for VM 'X' did not finish in the allotted time.", NotReady),
    ],
)
def test_a_machines_problem_has_its_class(problem: str, kind: type[Exception]) -> None:
    assert kind_of(problem).error is kind
