"""The looks at a scale set while Terraform applies: a look that fails is no reason to stop Terraform."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from cluster_provision.clouds.azure.problems import kind_of
from cluster_provision.clouds.base import GroupError, NotFound
from cluster_provision.errors import CapacityError, Unreachable
from cluster_provision.targets.azure.watch import AzureWatch

NO_ROOM = GroupError("AllocationFailed: no room", "", datetime(2026, 11, 25, tzinfo=UTC))


def watch(*answers: Any) -> AzureWatch:
    """On a scale set without machines; each list of its errors is the next answer, or is that failure."""
    coming = iter(answers)

    def group_errors() -> list[GroupError]:
        answer = next(coming)
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]

    target: Any = SimpleNamespace(
        machines=list,
        group_errors=group_errors,
        kind_of=kind_of,
        expected_nodes=1,
        settings=SimpleNamespace(capacity_wait=0),
    )
    return AzureWatch(target, lambda _: None)


def test_no_room_that_lasts_stops_terraform() -> None:
    with pytest.raises(CapacityError):
        watch([NO_ROOM]).glance(0)


@pytest.mark.parametrize("failure", [Unreachable("looking: no answer in time"), NotFound("looking: gone")])
def test_errors_that_cannot_be_listed_now_do_not(failure: Exception) -> None:
    watched = watch(failure, failure, [NO_ROOM])
    watched.glance(0)
    watched.glance(5)
    with pytest.raises(CapacityError):
        watched.glance(10)


def test_one_look_lists_them_once() -> None:
    watched = watch([NO_ROOM], Unreachable("a second list in the same look would have met this"))
    with pytest.raises(CapacityError):
        watched.glance(0)
