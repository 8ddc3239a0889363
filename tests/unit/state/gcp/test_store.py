"""The store in a bucket, where somebody else is at work in it too."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from google.api_core.exceptions import InternalServerError, NotFound, PreconditionFailed

from cluster_provision.errors import StateLocked, StateStoreError
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


def store_of(client: Any) -> GcsStore:
    place = {"project_number": "1", "bucket": "b", "folder": "", "name_prefix": "demo", "region": "us-central1"}
    return GcsStore(cast("Any", client), **place, own=True)


class Locked:
    """A bucket whose lock is of this generation."""

    def __init__(self, generation: int | None) -> None:
        self.generation = generation
        self.granted: list[str] = []

    def bucket(self, _: str) -> Locked:
        return self

    def get_blob(self, _: str, **__: Any) -> Any:
        if self.generation is None:
            return None
        told = b'{"ID": "uuid-1", "Who": "ci@runner", "Created": "2026-11-30T12:00:00Z"}'
        return SimpleNamespace(generation=self.generation, download_as_bytes=lambda **_: told)

    def blob(self, _: str) -> Any:
        def delete(if_generation_match: int, **_: Any) -> None:
            if self.generation is None:
                raise NotFound("No such object")
            if if_generation_match != self.generation:
                raise PreconditionFailed("conditionNotMet")
            self.generation = None

        return SimpleNamespace(delete=delete)

    def test_iam_permissions(self, wanted: list[str], **_: Any) -> list[str]:
        return [each for each in wanted if each in self.granted]


def test_a_lock_is_deleted_in_the_generation_that_was_looked_at() -> None:
    client = Locked(7)
    ours = store_of(client)
    held = ours.lock()
    assert held is not None
    assert (held.id, held.generation) == ("uuid-1", "7")
    client.generation = 8
    with pytest.raises(StateLocked, match="left alone"):
        ours.unlock(held)
    assert client.generation == 8
    client.generation = 7
    assert ours.unlock(held) is True
    assert ours.lock() is None
    assert ours.unlock(held) is False


def test_what_the_bucket_grants_is_told() -> None:
    client = Locked(None)
    client.granted = ["storage.objects.get", "storage.objects.list"]
    assert store_of(client).rights().missing == ("storage.objects.create", "storage.objects.delete")
    client.granted += ["storage.objects.create", "storage.objects.delete"]
    assert store_of(client).rights().missing == ()
