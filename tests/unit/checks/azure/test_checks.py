"""What is looked at before a cluster is made on Azure: asked of the embedded cloud, with what is wrong there."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from cloud_facts.azure.prices import price as price_of
from cluster_provision.checks.azure.location import location
from cluster_provision.checks.azure.preflight import CHECKS, look
from cluster_provision.checks.azure.subject import AzureSubject
from cluster_provision.clouds.azure.catalogue import AzureCatalogue
from cluster_provision.errors import CapacityError, PermissionDenied, PriceError, QuotaError, SettingsError
from cluster_provision.settings.readers.azure.images import AzureImage, Image
from tests.unit.checks.azure.api import Api, conditions, rows
from tests.unit.embedded_cloud.azure_kit import GROUP, PLACE, ROOT, SUBSCRIPTION, Azure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cluster_provision.checks.base import Finding

HPC_IMAGE = Image().read("microsoft-dsvm:ubuntu-hpc:2204:latest")
PLAN_IMAGE = Image().read("almalinux:almalinux-hpc:9-hpc-gen2:latest")
H200 = "Standard_ND96isr_H200_v5"


@dataclass
class Wanted:
    """As many of the settings as the checks look at."""

    subscription_id: str = SUBSCRIPTION
    location: str = "eastus2"
    resource_group: str = "g"
    sku: str = H200
    image: AzureImage = HPC_IMAGE
    instance_count: int = 2
    orch_mode: str = "uniform"
    access: str = "head"
    allowed_cidrs: tuple[str, ...] = ("203.0.113.7/32",)
    provisioning_model: str = "standard"
    max_price: Decimal | None = None
    zones: tuple[str, ...] = ()
    node_identity: str | None = None
    accept_terms: bool = False
    max_hourly_cost: Decimal | None = None
    skip_checks: tuple[str, ...] = ()


def named(text: str) -> AzureImage:
    return Image().read(text)


def found(azure: Azure, settings: Wanted, **about: Any) -> Finding:
    return look(AzureSubject(settings, AzureCatalogue(Api(azure)), **about))  # type: ignore[arg-type]


def test_all_is_well_where_nothing_is_wrong(azure: Azure) -> None:
    finding = found(azure, Wanted())
    assert not finding.failures
    assert [check.status for check in finding.checks] == ["ok"] * len(finding.checks)
    told = rows(finding)
    assert told["location"] == ("ok", "East US 2")
    assert told["image"][1] == "microsoft-dsvm:ubuntu-hpc:2204, version 22.04.2026082801"
    assert told["quota cores"][1] == "192 vCPUs needed, 0 of 20000 used"
    assert told["quota standardNDISRH200V5Family"][0] == "ok"
    assert told["price"][1].startswith("169.60 USD an hour for 2 x Standard_ND96isr_H200_v5 in eastus2; disks")


def test_each_check_can_be_left_out_that_may_be(azure: Azure) -> None:
    names = [check.name for check in CHECKS if check.skippable]
    finding = found(azure, Wanted(skip_checks=tuple(names)))
    assert {name: rows(finding)[name][0] for name in names} == dict.fromkeys(names, "skipped")
    assert {check.name for check in CHECKS} - set(names) == {"location", "services", "image"}


def test_a_namespace_that_is_not_registered_is_named_with_the_command(azure: Azure) -> None:
    conditions(azure, services_off=["Microsoft.ManagedIdentity"])
    (failure,) = found(azure, Wanted()).failures
    assert isinstance(failure, PermissionDenied)
    assert "Microsoft.ManagedIdentity" in failure.message
    assert f"az provider register --wait --namespace Microsoft.ManagedIdentity --subscription {SUBSCRIPTION}" in (
        failure.advice
    )


def test_missing_actions_are_named_with_what_they_are_for_and_where(azure: Azure) -> None:
    azure.group()
    lacking = ["Microsoft.Network/natGateways/write", "Microsoft.Authorization/roleAssignments/*"]
    conditions(azure, denied=lacking)
    (failure,) = found(azure, Wanted(), group_exists=True, makes_group=False).failures
    assert isinstance(failure, PermissionDenied)
    assert "Microsoft.Network/natGateways/write (network) on resource group g" in failure.message
    assert "roleAssignments/write (the identity's role) on the subscription" in failure.message
    assert "NODE_IDENTITY=" in failure.advice
    assert "docs/azure-permissions.md" in failure.advice


def test_no_role_has_to_be_assigned_for_an_identity_of_the_users(azure: Azure) -> None:
    conditions(azure, denied=["Microsoft.Authorization/roleAssignments/*"])
    assert not found(azure, Wanted(node_identity=f"{GROUP}/x")).failures


def test_no_load_balancer_has_to_be_made_without_access_to_the_head(azure: Azure) -> None:
    conditions(azure, denied=["Microsoft.Network/loadBalancers/*"])
    assert not found(azure, Wanted(access="private")).failures
    assert found(azure, Wanted()).failures


def test_permissions_that_may_not_be_looked_at_are_unknown(azure: Azure) -> None:
    conditions(azure, denied=["Microsoft.Authorization/permissions/read"])
    finding = found(azure, Wanted())
    assert not finding.failures
    assert rows(finding)["permissions"][0] == "unknown"


def test_a_location_that_is_not_there_is_refused_with_the_nearest(azure: Azure) -> None:
    failures = found(azure, Wanted(location="westeuropa")).failures
    assert any("LOCATION=westeuropa" in f.message and "westeurope" in f.message for f in failures)


def test_every_public_region_is_there_and_a_restricted_one_says_so(azure: Azure) -> None:
    assert rows(found(azure, Wanted(location="southafricanorth")))["location"] == ("ok", "South Africa North")
    status, told = rows(found(azure, Wanted(location="southafricawest")))["location"]
    assert (status, told) == ("ok", "South Africa West, which Azure opens to a subscription on request alone")


def test_a_size_that_is_not_there_and_a_zone_without_it(azure: Azure) -> None:
    (unknown,) = found(azure, Wanted(sku="Standard_ND96isr_H999_v9")).failures
    assert isinstance(unknown, SettingsError)
    assert "az vm list-skus --size Standard_ND96isr_H999_v9" in unknown.message
    (zone,) = found(azure, Wanted(zones=("1", "7"))).failures
    assert "ZONES=1,7: 7 of eastus2 don't offer Standard_ND96isr_H200_v5; those that do: 1, 2, 3" in zone.message


def test_a_size_that_azure_withholds_is_a_matter_of_capacity(azure: Azure, monkeypatch: pytest.MonkeyPatch) -> None:
    told = {
        "resourceType": "virtualMachines",
        "name": H200,
        "family": "standardNDISRH200V5Family",
        "locationInfo": [{"location": "eastus2", "zones": ["1", "2"]}],
        "restrictions": [{"type": "Location", "values": ["eastus2"], "reasonCode": "NotAvailableForSubscription"}],
        "capabilities": [{"name": "vCPUs", "value": "96"}],
    }
    plain = Api.pages

    def pages(self: Api, path: str, *about: Any) -> Iterator[Any]:
        return iter([told]) if path.endswith("/skus") else plain(self, path, *about)

    monkeypatch.setattr(Api, "pages", pages)
    failures = found(azure, Wanted()).failures
    assert any(isinstance(f, CapacityError) and "NotAvailableForSubscription" in f.message for f in failures)


def test_quotas_count_what_is_added_alone(azure: Azure) -> None:
    conditions(azure, quotas={"eastus2": {"standardNDISRH200V5Family": 96}})
    (failure,) = found(azure, Wanted()).failures
    assert isinstance(failure, QuotaError)
    assert "standardNDISRH200V5Family in eastus2: 192 vCPUs needed, 0 of 96 used" in failure.message
    assert not found(azure, Wanted(), present=1).failures
    assert rows(found(azure, Wanted(), present=2))["quotas"] == ("ok", "nothing is added")


def test_spot_machines_count_on_a_quota_of_their_own(azure: Azure) -> None:
    conditions(azure, quotas={"eastus2": {"standardNDISRH200V5Family": 0, "cores": 0, "lowPriorityCores": 191}})
    (failure,) = found(azure, Wanted(provisioning_model="spot")).failures
    assert "lowPriorityCores in eastus2: 192 vCPUs needed, 0 of 191 used" in failure.message


def test_an_image_that_is_not_there(azure: Azure) -> None:
    (failure,) = found(azure, Wanted(image=named("microsoft-dsvm:ubuntu-hpc:1604:latest"))).failures
    assert "IMAGE=microsoft-dsvm:ubuntu-hpc:1604:latest" in failure.message
    own = f"{GROUP}/providers/Microsoft.Compute/images/own"
    (failure,) = found(azure, Wanted(image=named(own))).failures
    assert "there is no such image" in failure.message
    azure.group()
    azure.json("PUT", own, PLACE)
    assert rows(found(azure, Wanted(image=named(own))))["image"] == ("ok", own)


def test_terms_have_to_be_accepted_by_somebody(azure: Azure) -> None:
    (failure,) = found(azure, Wanted(image=PLAN_IMAGE)).failures
    assert isinstance(failure, SettingsError)
    assert "ACCEPT_TERMS=yes" in failure.message
    assert "--publisher almalinux --offer almalinux-hpc --plan 9-hpc-gen2" in failure.message
    assert not found(azure, Wanted(image=PLAN_IMAGE, accept_terms=True)).failures
    where = f"{ROOT}/providers/Microsoft.MarketplaceOrdering/offerTypes/virtualmachine/publishers/almalinux/offers"
    azure.json("PUT", f"{where}/almalinux-hpc/plans/9-hpc-gen2/agreements/current", {"properties": {"accepted": True}})
    assert not found(azure, Wanted(image=PLAN_IMAGE)).failures


def test_an_image_that_the_size_does_not_start(azure: Azure) -> None:
    (generation,) = found(
        azure, Wanted(image=named("canonical:0001-com-ubuntu-server-jammy:22_04-lts:latest"))
    ).failures
    assert "is of generation 1" in generation.message
    (architecture,) = found(azure, Wanted(image=named("microsoft-dsvm:ubuntu-hpc:2404-gb:latest"))).failures
    assert "is for Arm64" in architecture.message


def test_a_price_above_the_limit_or_unknown_beside_one_is_refused(azure: Azure) -> None:
    (failure,) = found(azure, Wanted(max_hourly_cost=Decimal(169))).failures
    assert isinstance(failure, PriceError)
    assert "costs 169.60 USD an hour" in failure.message
    assert not found(azure, Wanted(max_hourly_cost=Decimal("169.60"))).failures
    assert rows(found(azure, Wanted(location="westeurope")))["price"][0] == "unknown"
    (failure,) = found(azure, Wanted(location="westeurope", max_hourly_cost=Decimal(999))).failures
    assert "the price isn't known" in failure.message


def test_a_bastion_counts_for_the_price(azure: Azure) -> None:
    told = rows(found(azure, Wanted(access="bastion", allowed_cidrs=())))["price"][1]
    assert told.startswith("169.89 USD an hour for 2 x Standard_ND96isr_H200_v5, Bastion 0.29 of it, in eastus2")


def test_a_price_is_numbers_with_what_they_are_the_sum_of(azure: Azure) -> None:
    price = found(azure, Wanted(access="bastion", allowed_cidrs=())).price
    assert price is not None
    assert dict(price.of).keys() == {"2 x Standard_ND96isr_H200_v5", "Bastion"}
    assert sum(dict(price.of).values()) == price.hourly
    assert not price.at_most


@pytest.mark.parametrize(("offered", "status"), [("East US 2", "ok"), ("West Europe", "failed")])
def test_a_region_without_bastion_is_told(azure: Azure, offered: str, status: str) -> None:
    catalogue = AzureCatalogue(Api(azure))  # type: ignore[arg-type]
    kinds = [{"resourceType": "bastionHosts", "locations": [offered]}]
    catalogue._listed_providers = lambda: ({"namespace": "Microsoft.Network", "resourceTypes": kinds},)  # type: ignore[method-assign]
    finding = location(AzureSubject(Wanted(access="bastion"), catalogue))  # type: ignore[arg-type]
    assert [check.status for check in finding.checks] == [status]


def test_spot_machines_cost_at_most_what_one_bids(azure: Azure) -> None:
    spot = Wanted(provisioning_model="spot", max_price=Decimal(20), max_hourly_cost=Decimal(40))
    assert not found(azure, spot).failures
    finding = found(azure, spot)
    assert rows(finding)["price"][1].startswith("at most 40.00 USD an hour")
    assert finding.price is not None and finding.price.at_most


def test_nothing_is_asked_for_twice(azure: Azure) -> None:
    api = Api(azure)
    look(AzureSubject(Wanted(), AzureCatalogue(api)))  # type: ignore[arg-type]
    assert len(api.asked) == len(set(api.asked))
    assert PLACE["location"] not in "".join(api.asked)


def test_sizes_to_try_the_tool_with_are_priced_everywhere_that_their_table_tells() -> None:
    assert price_of("Standard_D4s_v5", "eastus") == Decimal("0.192")
    assert price_of("standard_nd96isr_h100_v5", "swedencentral") == Decimal("127.816")
    assert price_of("Standard_ND96isr_H200_v5", "eastus") is None
    assert price_of("Standard_ND128isr_GB300_v6", "eastus") is None
