"""Who is let in to by ssh: the head, whichever machine that is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from cluster_provision.clouds.base import NotFound
from cluster_provision.errors import NotReady
from cluster_provision.targets.azure.head import head_address, let_in_to_head

HEAD = SimpleNamespace(name="vm-000000", address="10.0.0.4")


class Cloud:
    """Has a rule that leads to `to`; empty for no rule."""

    def __init__(self, to: str) -> None:
        self.to = to

    def destination(self, _group: str, _security_group: str, _rule: str) -> str:
        return self.to

    def let_in_to(self, _group: str, _security_group: str, _rule: str, address: str) -> None:
        if not self.to:
            raise NotFound("no such rule")
        self.to = address


def target(*machines: Any, to: str = "10.0.0.0", access: str = "head") -> Any:
    settings = SimpleNamespace(access=access, resource_group="g", name_prefix="demo", allowed_cidrs=("203.0.113.7/32",))
    return SimpleNamespace(settings=settings, machines=lambda: list(machines), cloud=Cloud(to))


def site() -> Any:
    told: list[str] = []
    return SimpleNamespace(told=told, progress=SimpleNamespace(conclude=told.append))


def test_the_rule_leads_to_the_head_from_then_on() -> None:
    made, at = target(HEAD), site()
    let_in_to_head(made, at)
    assert made.cloud.to == "10.0.0.4"
    assert at.told == ["ssh to vm-000000 from 203.0.113.7/32"]


@pytest.mark.parametrize(
    ("made", "said"),
    [(target(), "the machines are gone again"), (target(HEAD, to=""), "security rule ssh of demo-nsg is gone")],
)
def test_where_it_can_not_it_says_what_is_missing(made: Any, said: str) -> None:
    with pytest.raises(NotReady, match=said):
        let_in_to_head(made, site())


@pytest.mark.parametrize(
    ("made", "address"),
    [(target(HEAD), "10.0.0.4"), (target(), None), (target(HEAD, access="private"), None)],
)
def test_terraform_is_told_the_heads_address_where_there_is_one(made: Any, address: str | None) -> None:
    assert head_address(made) == address
