"""The store in a bucket, where somebody else is at work in it too."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from google.api_core.exceptions import NotFound

from cluster_provision.state.gcp.store import GcsStore

RECORDS = ("demo-deployment/nodes/a.json", "demo-deployment/nodes/b.json", "demo-deployment/nodes/c.json")


class Client:
    """A bucket with RECORDS; that of `a` goes before it is deleted."""

    def __init__(self) -> None:
        self.deleted: list[str] = []

    def list_blobs(self, *_: Any, **__: Any) -> list[Any]:
        return [SimpleNamespace(name=name, metadata={}) for name in RECORDS]

    def bucket(self, _: str) -> Client:
        return self

    def blob(self, name: str) -> Any:
        def delete(**_: Any) -> None:
            if name.endswith("/a.json"):
                raise NotFound("No such object")
            self.deleted.append(name)

        return SimpleNamespace(delete=delete)


def test_a_record_that_goes_by_itself_keeps_none_of_the_others() -> None:
    client = Client()
    place = {"project_number": "1", "bucket": "b", "folder": "", "name_prefix": "demo", "region": "us-central1"}
    GcsStore(cast("Any", client), **place, own=True).forget_nodes({"c"})
    assert client.deleted == ["demo-deployment/nodes/b.json"]
