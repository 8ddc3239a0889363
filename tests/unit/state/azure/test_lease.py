"""A lease is released by its own id, and broken only while it is the one that was looked at."""

from __future__ import annotations

import base64
import json
from types import SimpleNamespace
from typing import Any, cast

import pytest
from azure.core.exceptions import HttpResponseError

from cluster_provision.errors import StateLocked
from cluster_provision.state.azure import lease
from cluster_provision.state.base import Lock

HELD = {"ID": "uuid-1", "Operation": "OperationTypeApply", "Who": "ci@runner", "Created": "2026-11-30T12:00:00Z"}


class Blob:
    """A leased blob; who calls with another id than `id` is refused."""

    def __init__(self, told: dict[str, str] | None = None, lease_id: str = "uuid-1") -> None:
        text = base64.b64encode(json.dumps(told).encode()).decode() if told else ""
        self.metadata = {"terraformlockid": text, "other": "stays"} if told else {"other": "stays"}
        self.id, self.etag, self.done = lease_id, "etag-1", ""

    def get_blob_properties(self) -> Any:
        state = "available" if self.done else "leased"
        return SimpleNamespace(lease=SimpleNamespace(state=state), metadata=self.metadata, etag=self.etag)

    def set_blob_metadata(self, metadata: dict[str, str], lease: str) -> None:
        self.require(lease == self.id)
        self.metadata = metadata

    def require(self, holds: bool) -> None:
        if not holds:
            failure = HttpResponseError("LeaseIdMismatchWithBlobOperation")
            failure.status_code = 409
            raise failure


@pytest.fixture(autouse=True)
def _leases(monkeypatch: pytest.MonkeyPatch) -> None:
    class Client:
        def __init__(self, blob: Blob, lease_id: str = "") -> None:
            self.blob, self.id = blob, lease_id

        def release(self) -> None:
            self.blob.require(self.id == self.blob.id)
            self.blob.done = "released"

        def break_lease(self, lease_break_period: int, etag: str, match_condition: Any) -> None:
            self.blob.require(etag == self.blob.etag)
            self.blob.done = "broken"

    monkeypatch.setattr("azure.storage.blob.BlobLeaseClient", Client)


def test_a_lease_is_told_with_its_id_and_released_with_what_was_noted_of_it() -> None:
    blob = Blob(HELD)
    held = lease.look_at_lease(cast("Any", blob), "clear it")
    assert held == Lock("ci@runner", "2026-11-30T12:00:00Z", "Apply", "clear it", "uuid-1", "etag-1")
    assert lease.release(cast("Any", blob), held, "uri")
    assert (blob.done, blob.metadata) == ("released", {"other": "stays"})
    assert not lease.release(cast("Any", blob), held, "uri")


def test_another_holders_lease_is_never_touched() -> None:
    blob = Blob(HELD)
    held = lease.look_at_lease(cast("Any", blob), "clear it")
    assert held is not None
    blob.id = "uuid-2"
    with pytest.raises(StateLocked):
        lease.release(cast("Any", blob), held, "uri")
    assert blob.done == ""
    assert "terraformlockid" in blob.metadata


def test_a_lease_that_nobody_noted_is_broken_while_the_blob_is_as_it_was() -> None:
    blob = Blob()
    held = lease.look_at_lease(cast("Any", blob), "clear it")
    assert held is not None
    assert (held.holder, held.id) == ("unknown", "")
    blob.etag = "etag-2"
    with pytest.raises(StateLocked):
        lease.release(cast("Any", blob), held, "uri")
    blob.etag = "etag-1"
    assert lease.release(cast("Any", blob), held, "uri")
    assert blob.done == "broken"
