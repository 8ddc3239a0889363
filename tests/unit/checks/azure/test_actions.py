"""The role in the documents is what the checks ask for, and the documents' table tells of each use."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.checks.azure.actions import uses_of
from cluster_provision.clouds.azure.catalogue import Grant
from cluster_provision.settings.readers.slurm.shared_storage import SharedStorage

if TYPE_CHECKING:
    from cluster_provision.checks.azure.actions import Use

DOCS = Path(__file__).resolve().parents[4] / "docs"

LOOKS = (
    "Microsoft.Resources/subscriptions/read",
    "Microsoft.Resources/subscriptions/locations/read",
    "Microsoft.Resources/subscriptions/providers/read",
    "Microsoft.Resources/subscriptions/resources/read",
    "Microsoft.Resources/subscriptions/resourceGroups/read",
    "Microsoft.Authorization/permissions/read",
    "Microsoft.Authorization/roleDefinitions/read",
    "Microsoft.Compute/skus/read",
    "Microsoft.Compute/locations/usages/read",
    "Microsoft.Compute/locations/publishers/artifacttypes/offers/skus/versions/read",
    "Microsoft.Compute/images/read",
    "Microsoft.Compute/galleries/images/versions/read",
    "Microsoft.MarketplaceOrdering/offerTypes/publishers/offers/plans/agreements/read",
)
"""What is looked up: without one of them a check is unknown, so that none of them is tested beforehand."""

WAITS = (
    "Microsoft.Resources/subscriptions/operationresults/read",
    "Microsoft.Compute/locations/operations/read",
    "Microsoft.Network/locations/operations/read",
    "Microsoft.Network/locations/operationResults/read",
    "Microsoft.DBforMySQL/locations/azureAsyncOperation/read",
    "Microsoft.DBforMySQL/locations/operationResults/read",
    "Microsoft.KeyVault/locations/operationResults/read",
    "Microsoft.Dashboard/locations/operationStatuses/read",
    "Microsoft.Monitor/locations/operationStatuses/read",
    "Microsoft.NetApp/locations/operationresults/read",
    "Microsoft.Storage/operations/read",
)
"""How work is asked about that Azure has begun. Azure asks for a right in the resource group rather than for these in
the subscription, so they aren't tested beforehand.

https://learn.microsoft.com/azure/azure-resource-manager/management/async-operations
"""


REPORT = "Microsoft.Impact/workloadImpacts/write"
"""What Report needs to send; who only makes clusters can do without, so that it isn't tested beforehand."""


PURGE = (
    "Microsoft.KeyVault/locations/deletedVaults/read",
    "Microsoft.KeyVault/locations/deletedVaults/purge/action",
)
"""What Destroy needs to end a vault at once; without them it says so, and Azure does it later."""


def uses(mode: str = "flexible", *, makes_group: bool = True, slurm: bool = False, **settings: Any) -> tuple[Use, ...]:
    given = {"access": "head", "orch_mode": mode, "node_identity": None, "accept_terms": True}
    given |= {
        "shared_storage": SharedStorage("anf", tib=4),
        "accounting": "mysql",
        "key_vault": True,
        "monitoring": "managed",
    }
    given |= {"allowed_cidrs": ("203.0.113.7/32",), **settings}
    about = {"settings": SimpleNamespace(**given), "makes_group": makes_group, "makes_store": True, "slurm": slurm}
    subject: Any = SimpleNamespace(**about)
    return uses_of(subject)


def all_uses() -> list[Use]:
    return [
        *uses("flexible"),
        *uses("uniform"),
        *uses("uniform", slurm=True),
        *uses("uniform", slurm=True, access="bastion"),
    ]


def test_the_role_in_the_documents_gives_what_is_needed_and_no_more() -> None:
    used = [action for use in all_uses() for action in use.actions]
    role = json.loads((DOCS / "azure-role.json").read_text())
    assert set(role["Actions"]) == {*LOOKS, *WAITS, REPORT, *PURGE, *used}
    assert not [action for action in role["Actions"] if "*" in action]


def test_the_documents_tell_of_each_kind_of_resource() -> None:
    page = (DOCS / "azure-permissions.md").read_text()
    for action in (action for use in all_uses() for action in use.actions):
        kind = action.rsplit("/", 2 if action.endswith("/action") else 1)[0].rpartition("/")[2]
        assert kind in page, action


def test_a_group_that_is_there_is_neither_made_nor_removed() -> None:
    (group,) = [use for use in uses(makes_group=False) if use.name == "resource group"]
    assert group.actions == ("Microsoft.Resources/subscriptions/resourceGroups/read",)


@pytest.mark.parametrize(
    ("actions", "without", "action", "held"),
    [
        (("*",), ("microsoft.authorization/*/write",), "Microsoft.Authorization/roleAssignments/write", False),
        (("*",), ("microsoft.authorization/*/write",), "Microsoft.Authorization/roleAssignments/read", True),
        (("microsoft.network/*",), (), "Microsoft.Network/virtualNetworks/subnets/join/action", True),
        (("*/read",), (), "Microsoft.Compute/skus/read", True),
        (("*/read",), (), "Microsoft.Compute/virtualMachines/write", False),
        ((), (), "Microsoft.Compute/skus/read", False),
    ],
)
def test_a_role_gives_its_actions_less_its_not_actions(
    actions: tuple[str, ...], without: tuple[str, ...], action: str, *, held: bool
) -> None:
    assert Grant(actions, without).holds(action) is held
