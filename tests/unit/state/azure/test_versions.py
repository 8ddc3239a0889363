"""Destroy in a storage account that keeps former versions of blobs (the emulator of Blob storage keeps none)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from azure.core.exceptions import HttpResponseError

from cluster_provision.state.azure.account import Place
from cluster_provision.state.azure.store import AzureBlobStore

STATE = "demo-deployment/terraform/state/default.tfstate"


class Container:
    """One with the state's blob and its former version; an owner alone may delete what is a former version."""

    def __init__(self, *, owner: bool) -> None:
        self.owner = owner
        self.versions = {"2": True, "1": False}  # id -> whether it is the current one

    def list_blobs(self, *_: Any, **__: Any) -> list[Any]:
        return [
            SimpleNamespace(name=STATE, version_id=number, is_current_version=current)
            for number, current in self.versions.items()
        ]

    def list_blob_names(self) -> Any:
        return iter([STATE] if any(self.versions.values()) else [])

    def get_blob_client(self, _: str) -> Any:
        return SimpleNamespace(delete_blob=self._delete)

    def _delete(self, version_id: str = "", **_: Any) -> None:
        if not version_id:
            self.versions = dict.fromkeys(self.versions, False)
        elif self.owner:
            del self.versions[version_id]
        else:
            failure = HttpResponseError("AuthorizationPermissionMismatch")
            failure.status_code = 403
            raise failure


def deleted(container: Container) -> str:
    place = Place("account", "container")
    store = AzureBlobStore(cast("Any", None), cast("Any", None), place, "demo")
    store.__dict__["_blobs"] = container
    return store.delete_deployment()


def test_former_versions_go_too() -> None:
    container = Container(owner=True)
    deleted(container)
    assert container.versions == {}


def test_former_versions_that_the_callers_role_may_not_delete_are_told_of() -> None:
    container = Container(owner=False)
    assert 'the role "Storage Blob Data Owner"' in deleted(container)
    assert container.versions == {"2": False, "1": False}
