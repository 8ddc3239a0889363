"""A subscription found by its name."""

from __future__ import annotations

from typing import Any

import pytest

from cluster_provision.clouds.azure.api import AzureApi
from cluster_provision.clouds.azure.subscriptions import subscription_named
from cluster_provision.errors import SettingsError

THERE = [("AI research", "1"), ("Twins", "2"), ("twins", "3")]


@pytest.fixture(autouse=True)
def _subscriptions(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = [{"displayName": name, "subscriptionId": number} for name, number in THERE]
    monkeypatch.setattr(AzureApi, "pages", lambda *_: iter(listed))


def named(name: str) -> str:
    credentials: Any = None
    return subscription_named(credentials, name)


def test_the_only_one_of_the_name_is_it_in_any_case() -> None:
    assert named("ai Research") == "1"


@pytest.mark.parametrize(("name", "told"), [("Mine", "you see no subscription"), ("Twins", "there are 2 of this name")])
def test_none_and_several_are_refused(name: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told) as raised:
        named(name)
    assert "SUBSCRIPTION_ID" in raised.value.advice
