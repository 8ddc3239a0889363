"""A Bastion is used where Resource Manager says that tunnels lead through it, and gets no token at another place."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from cluster_provision.clouds.azure.bastion.host import BastionHost, find_bastion
from cluster_provision.errors import NotReady, ProvisionError, Refused, UnexpectedError

GOOD = {"dnsName": "bst-1.bastion.azure.com", "provisioningState": "Succeeded", "enableTunneling": True}


def found(told: dict[str, Any] | None) -> BastionHost:
    cloud = SimpleNamespace(subscription_id="s", find=lambda path, version, doing: told and {"properties": told})
    return find_bastion(cast("Any", cloud), "g", "demo-bastion").require()


def test_one_that_is_up_is_found_with_its_host() -> None:
    assert found(GOOD).host == "bst-1.bastion.azure.com"


@pytest.mark.parametrize(
    ("told", "error"),
    [
        (None, NotReady),
        ({**GOOD, "provisioningState": "Failed"}, NotReady),
        ({**GOOD, "enableTunneling": None}, Refused),
        ({**GOOD, "dnsName": "bst-1.bastion.azure.com.example.org"}, UnexpectedError),
        ({**GOOD, "dnsName": "example.org/.bastion.azure.com"}, UnexpectedError),
        ({**GOOD, "dnsName": None}, UnexpectedError),
    ],
)
def test_any_other_is_refused(told: dict[str, Any] | None, error: type[ProvisionError]) -> None:
    with pytest.raises(error, match="demo-bastion"):
        found(told)
