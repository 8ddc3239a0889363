"""Who is let in to by ssh: the head, whichever machine that is."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from cluster_provision.clouds.base import NotFound
from cluster_provision.errors import NotReady
from cluster_provision.targets.azure.head import HeadRule

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


def rule(cloud: Any, access: str = "head") -> HeadRule:
    settings: Any = SimpleNamespace(
        access=access, resource_group="g", name_prefix="demo", allowed_cidrs=("203.0.113.7/32",)
    )
    return HeadRule(settings, cloud)


def site() -> Any:
    told: list[str] = []
    return SimpleNamespace(told=told, progress=SimpleNamespace(conclude=told.append))


def test_the_rule_leads_to_the_head_from_then_on() -> None:
    cloud, at = Cloud("10.0.0.0"), site()
    rule(cloud).open([HEAD], at)  # type: ignore[list-item]
    assert cloud.to == "10.0.0.4"
    assert at.told == ["ssh to vm-000000 from 203.0.113.7/32"]


@pytest.mark.parametrize(
    ("machines", "to", "said"),
    [([], "10.0.0.0", "the machines are gone again"), ([HEAD], "", "security rule ssh of demo-nsg is gone")],
)
def test_where_it_can_not_it_says_what_is_missing(machines: Any, to: str, said: str) -> None:
    with pytest.raises(NotReady, match=said):
        rule(Cloud(to)).open(machines, site())


@pytest.mark.parametrize(
    ("machines", "access", "address"),
    [([HEAD], "head", "10.0.0.4"), ([], "head", None), ([HEAD], "private", None)],
)
def test_terraform_gets_the_heads_address_where_there_is_one(machines: Any, access: str, address: str | None) -> None:
    assert rule(Cloud("10.0.0.0"), access).address(machines) == address


def test_the_rule_is_changed_only_where_it_leads_elsewhere() -> None:
    cloud = Cloud("10.0.0.9")
    assert rule(cloud).lead_to(HEAD) is True  # type: ignore[arg-type]
    assert rule(cloud).lead_to(HEAD) is False  # type: ignore[arg-type]
    assert cloud.to == "10.0.0.4"
