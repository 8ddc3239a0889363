"""The store in a bucket, where somebody else is at work in it too."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from google.api_core.exceptions import InternalServerError, NotFound

from cluster_provision.errors import StateStoreError
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


PLACE = {"project_number": "1", "folder": "", "name_prefix": "demo", "region": "us-central1"}


class Keeping:
    """Looks a bucket up, which keeps its objects; `state` is what is in it already."""

    def __init__(self, state: str | None = None, **settings: Any) -> None:
        plain = {"project_number": "1", "retention_period": None, "default_event_based_hold": False}
        self.found = SimpleNamespace(**{**plain, **settings}, blob=self.blob)
        self.state = state

    def lookup_bucket(self, *_: Any, **__: Any) -> Any:
        return self.found

    def blob(self, _: str) -> Any:
        def read(**_: Any) -> str:
            if self.state is None:
                raise NotFound("No such object")
            return self.state

        return SimpleNamespace(download_as_text=read)


@pytest.mark.parametrize(
    ("settings", "words"),
    [({"retention_period": 864000}, "for 10 days"), ({"default_event_based_hold": True}, "event-based hold")],
)
def test_a_bucket_that_keeps_its_objects_is_refused_before_anything_is_in_it(settings: Any, words: str) -> None:
    store = GcsStore(cast("Any", Keeping(**settings)), **PLACE, bucket="worm", own=False)
    with pytest.raises(StateStoreError, match=words) as raised:
        store.exists()
    assert "gcloud storage buckets update gs://worm" in raised.value.advice
    assert GcsStore(cast("Any", Keeping("{}", **settings)), **PLACE, bucket="worm", own=False).exists()


def test_a_bucket_that_lets_go_is_taken() -> None:
    assert GcsStore(cast("Any", Keeping()), **PLACE, bucket="b", own=False).exists()


class Disturbed:
    """A bucket whose first batch call fails as a whole, and the second in a part."""

    def __init__(self) -> None:
        self.there = {"a", "b"}
        self.batches = 0
        self.open: list[str] | None = None

    def list_blobs(self, *_: Any, **__: Any) -> list[Any]:
        return [SimpleNamespace(name=name, generation=1) for name in sorted(self.there)]

    def bucket(self, _: str) -> Disturbed:
        return self

    def blob(self, name: str, generation: int) -> Any:
        def delete(**_: Any) -> None:
            if self.open is None:
                self.there.discard(name)
            else:
                self.open.append(name)

        return SimpleNamespace(delete=delete)

    def batch(self) -> Disturbed:
        return self

    def __enter__(self) -> None:
        self.batches += 1
        self.open = []

    def __exit__(self, *_: Any) -> None:
        self.open = None
        if self.batches == 1:
            raise InternalServerError("try again")
        self.there.discard("a")  # what became of `b` is hidden by the first failure
        raise NotFound("c")


def test_a_disturbance_of_cloud_storage_keeps_nothing_from_being_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    bucket = Disturbed()
    GcsStore(cast("Any", bucket), **PLACE, bucket="b", own=False).delete_deployment()
    assert (bucket.batches, bucket.there) == (2, set())
