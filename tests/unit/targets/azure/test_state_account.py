"""The account of TERRAFORM_BLOB_PATH, where the subscription's accounts may not be listed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from cluster_provision.errors import PermissionDenied, SettingsError
from cluster_provision.settings import AzureSettings
from cluster_provision.settings.readers.azure.blobs import BlobPath
from cluster_provision.state.base import StateFacts
from cluster_provision.targets.azure.scale_set import look_at_scale_set
from cluster_provision.targets.azure.target import AzureTarget

REFUSED = PermissionDenied("looking for storage account mine: AuthorizationFailed")


class Target(AzureTarget[Any]):
    """Sees no accounts, or may not look."""

    def __init__(self, refused: PermissionDenied | None, **given: Any) -> None:
        path = BlobPath("mine", "state", "")
        own: Any = {"subscription_id": "s", "name_prefix": "demo", "location": "eastus", "terraform_blob_path": path}
        super().__init__(AzureSettings(**own, **given), "k")
        self._credentials: Any = SimpleNamespace(token=None)
        self._cloud: Any = SimpleNamespace(group_of_account=self._group_of_account, subscription_id="s")
        self._refused = refused

    def _group_of_account(self, _: str) -> str:
        if self._refused is not None:
            raise self._refused
        return ""

    def machines(self) -> list[Any]:
        return []


def test_a_refused_listing_is_told_where_the_machines_need_a_role() -> None:
    target = Target(REFUSED)
    found = look_at_scale_set(target.settings, None, StateFacts(), target.state_account, target.unlisted)
    assert found.checks[0].status == "unknown"
    assert found.failures == (REFUSED,)
    named = Target(REFUSED, node_identity="/i")
    assert not look_at_scale_set(named.settings, None, StateFacts(), named.state_account, named.unlisted).failures


def test_an_account_that_is_not_there_is_a_wrong_setting() -> None:
    target = Target(None)
    found = look_at_scale_set(target.settings, None, StateFacts(), target.state_account, target.unlisted)
    assert [type(each) for each in found.failures] == [SettingsError]


@pytest.mark.parametrize(("refused", "kind"), [(REFUSED, PermissionDenied), (None, SettingsError)])
def test_a_key_that_can_not_be_asked_for_has_the_class_of_its_cause(
    refused: PermissionDenied | None, kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        Target(refused, storage_keys=True).store()


def test_a_refused_listing_makes_destroy_s_look_for_roles_unknown() -> None:
    assert Target(REFUSED).removal.unlisted is REFUSED
