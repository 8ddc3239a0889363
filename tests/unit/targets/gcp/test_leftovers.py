"""What Destroy makes of a look for remains that Google refuses, and where that leaves nothing unknown."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.clouds.base import NotFound
from cluster_provision.errors import PermissionDenied, Refused, Unreachable
from cluster_provision.state.base import StateFacts
from cluster_provision.targets.gcp.leftovers import DASHBOARDS, FILE_SERVERS, ROLE, leftovers

if TYPE_CHECKING:
    from cluster_provision.targets.base import Remains

LOOKS = ("labelled", "named", "file_servers", "dashboards", "account_title")
WITH_STATE = StateFacts(exists=True, resources=3, kinds=frozenset({"google_compute_network"}))


class Cloud:
    """Has nothing. The look of this name is refused, and `held` notes which looks the state made strict."""

    def __init__(self, look: str, refusal: Exception) -> None:
        self._look, self._refusal = look, refusal
        self.held: dict[str, bool] = {}

    def __getattr__(self, name: str) -> Any:
        def asked(_: str, *, held: bool = False) -> list[Any] | None:
            self.held[name] = held
            if name == self._look:
                raise self._refusal
            return None if name == "account_title" else []

        return asked


def remains(cloud: Cloud, facts: StateFacts, shares: tuple[str, ...] = (), orchestrator: str = "none") -> Remains:
    settings = SimpleNamespace(
        name_prefix="demo", project_id="p-123456", nfs_fileshare_list=shares, orchestrator_type=orchestrator
    )
    target: Any = SimpleNamespace(settings=settings, cluster=SimpleNamespace(label="abc123"), cloud=cloud)
    return leftovers(target, facts)


@pytest.mark.parametrize("look", LOOKS)
def test_without_a_state_every_refused_look_leaves_something_unknown(look: str) -> None:
    refusal = PermissionDenied(f"{look}: no")
    assert remains(Cloud(look, refusal), StateFacts()).unseen[0] is refusal


@pytest.mark.parametrize(
    ("look", "facts", "shares", "unknown"),
    [
        ("labelled", WITH_STATE, (), True),
        ("named", WITH_STATE, (), True),
        ("file_servers", WITH_STATE, (), False),
        ("file_servers", WITH_STATE, ("/mnt/share",), True),
        ("file_servers", StateFacts(exists=True, kinds=frozenset({FILE_SERVERS})), (), True),
        ("dashboards", WITH_STATE, (), False),
        ("dashboards", StateFacts(exists=True, kinds=frozenset({DASHBOARDS})), (), True),
        ("account_title", WITH_STATE, (), False),
    ],
)
def test_a_state_without_such_a_resource_excuses_a_look_that_may_not_be_taken(
    look: str, facts: StateFacts, shares: tuple[str, ...], *, unknown: bool
) -> None:
    assert bool(remains(Cloud(look, PermissionDenied("no")), facts, shares).unseen) is unknown


@pytest.mark.parametrize("look", LOOKS)
def test_a_look_without_an_answer_is_never_excused(look: str) -> None:
    assert remains(Cloud(look, Unreachable("503")), WITH_STATE).unseen


def test_a_missing_answer_to_a_list_is_unknown_and_no_defect() -> None:
    (unseen,) = remains(Cloud("labelled", NotFound("looking for remaining disks: 404")), WITH_STATE).unseen
    assert isinstance(unseen, Refused)
    assert unseen.message == "looking for remaining disks: 404"


def test_a_service_that_is_off_is_no_answer_where_the_state_has_such_a_resource() -> None:
    cloud = Cloud("", PermissionDenied(""))
    remains(cloud, StateFacts(exists=True, kinds=frozenset({FILE_SERVERS})))
    assert (cloud.held["file_servers"], cloud.held["dashboards"]) == (True, False)


def test_the_roles_of_a_slurm_controller_are_looked_for_with_slurm_and_where_the_state_has_one() -> None:
    refusal = PermissionDenied("controller_roles: no")
    assert not remains(Cloud("controller_roles", refusal), WITH_STATE).unseen
    assert not remains(Cloud("controller_roles", refusal), WITH_STATE, orchestrator="slurm").unseen
    held = StateFacts(exists=True, kinds=frozenset({ROLE}))
    assert remains(Cloud("controller_roles", refusal), held).unseen == (refusal,)
    assert remains(Cloud("controller_roles", refusal), StateFacts(), orchestrator="slurm").unseen == (refusal,)
