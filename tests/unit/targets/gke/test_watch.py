"""The looks at a GKE cluster while Terraform applies: a look that fails is no reason to stop Terraform."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, cast

import pytest

from cluster_provision.clouds.base import GroupError
from cluster_provision.clouds.gcp.gke import GkeCluster, GkePool
from cluster_provision.errors import CapacityError, PermissionDenied, ProvisionError, TerraformError, Unreachable
from cluster_provision.targets.gke.watch import GkeWatch

if TYPE_CHECKING:
    from cluster_provision.clouds.base import Machine

POOL = GkePool("pool", "PROVISIONING", groups=(("us-central1-a", "gke-pool-grp"),))
CLUSTER = GkeCluster(
    "demo-gke", "us-central1", "RUNNING", "", "1.33", "1.33", "REGULAR", "", False, "", "", False, (POOL,)
)
STOCK_OUT = GroupError("ZONE_RESOURCE_POOL_EXHAUSTED: none left", "", datetime(2026, 11, 25, tzinfo=UTC))


class Target:
    """A cluster whose pool stays empty; its group's errors are `answer`, or that is raised."""

    wanted_nodes: ClassVar = {"pool": 1}
    cluster = type("Named", (), {"label": "abc123"})
    settings = type("Wanted", (), {"capacity_wait": 0})

    def __init__(
        self, answer: list[GroupError] | ProvisionError, present: GkeCluster | ProvisionError = CLUSTER
    ) -> None:
        self._answer, self._present = answer, present

    @property
    def cloud(self) -> Target:
        return self

    def present(self) -> GkeCluster:
        if isinstance(self._present, ProvisionError):
            raise self._present
        return self._present

    def machines(self, *_: Any) -> list[Machine]:
        return []

    def group_errors(self, *_: Any) -> list[GroupError]:
        if isinstance(self._answer, ProvisionError):
            raise self._answer
        return self._answer


def watch(target: Target) -> GkeWatch:
    return GkeWatch(cast("Any", target), lambda _: None)


def test_a_stock_out_that_lasts_stops_terraform() -> None:
    with pytest.raises(CapacityError):
        watch(Target([STOCK_OUT])).glance(0)


def test_errors_that_cannot_be_listed_now_do_not() -> None:
    watch(Target(Unreachable("listing the errors: no answer in time"))).glance(0)


def test_what_terraform_says_is_not_lost_where_gke_cannot_be_asked() -> None:
    failure = TerraformError("terraform apply failed")
    assert watch(Target([], PermissionDenied("looking at cluster: no"))).explain(failure) is failure


def test_what_terraform_says_gets_gkes_own_reason() -> None:
    pool = replace(POOL, conditions=("GCE_STOCKOUT: ZONE_RESOURCE_POOL_EXHAUSTED",))
    told = watch(Target([], replace(CLUSTER, pools=(pool,)))).explain(TerraformError("terraform apply failed"))
    assert isinstance(told, CapacityError)
