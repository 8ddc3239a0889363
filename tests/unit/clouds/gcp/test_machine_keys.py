"""Keys are let in on a machine for a while, beside those of other people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from cluster_provision.clouds.base import NotFound
from cluster_provision.clouds.gcp.machine_keys import TRIES, GcpMachineKeys, key_line
from cluster_provision.errors import Refused
from tests.unit.embedded_cloud.asked_cloud import PROJECT, ZONE, Asked, Session

NOW = datetime(2026, 11, 30, 12, 0, 0, tzinfo=UTC)
KEY = "ssh-ed25519 AAAAC3Nza somebody@here"
OTHERS = "ann:ssh-rsa AAAAB ann"


def keys(asked: Asked) -> GcpMachineKeys:
    return GcpMachineKeys(cast("Any", Session(asked)), PROJECT)


def make(asked: Asked, *lines: str) -> None:
    items = [{"key": "cluster-config", "value": "{}"}]
    items += [{"key": "ssh-keys", "value": "\n".join(lines)}] if lines else []
    disk = {
        "boot": True,
        "autoDelete": True,
        "initializeParams": {"sourceImage": "projects/debian-cloud/global/images/family/debian-12"},
    }
    body = {
        "name": "demo-controller",
        "machineType": "zones/us-central1-a/machineTypes/n2-standard-4",
        "disks": [disk],
        "networkInterfaces": [{"network": "global/networks/default"}],
        "metadata": {"items": items},
    }
    asked.compute("POST", f"{ZONE}/instances", body)


def metadata(asked: Asked) -> dict[str, str]:
    found = asked.compute("GET", f"{ZONE}/instances/demo-controller")
    return {item["key"]: item["value"] for item in found["metadata"]["items"]}


def let_in(asked: Asked, now: datetime = NOW) -> None:
    keys(asked).let_key_in("us-central1-a", "demo-controller", "admin", KEY, now)


def test_the_line_is_as_gcloud_writes_it() -> None:
    assert key_line("admin", KEY, NOW) == (
        'admin:ssh-ed25519 AAAAC3Nza google-ssh {"userName":"admin","expireOn":"2026-11-30T12:00:00+0000"}'
    )


def test_a_key_is_let_in_for_an_hour_and_nothing_else_changes(asked: Asked) -> None:
    make(asked, OTHERS)
    let_in(asked)
    line = key_line("admin", KEY, NOW + timedelta(hours=1))
    assert metadata(asked) == {"cluster-config": "{}", "ssh-keys": f"{OTHERS}\n{line}"}


def test_keys_that_have_expired_go(asked: Asked) -> None:
    make(asked, OTHERS, key_line("old", KEY, NOW - timedelta(minutes=1)), key_line("new", KEY, NOW))
    let_in(asked)
    assert [line.partition(":")[0] for line in metadata(asked)["ssh-keys"].splitlines()] == ["ann", "new", "admin"]


def test_a_line_that_nobody_can_read_stays(asked: Asked) -> None:
    make(asked, 'odd:ssh-rsa AAAA google-ssh {"userName":"odd","expireOn":"tomorrow"}')
    let_in(asked)
    assert "tomorrow" in metadata(asked)["ssh-keys"]


def test_a_change_that_somebody_was_quicker_at_is_made_again(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    make(asked)
    real, stale = GcpMachineKeys._get, [True]

    def get(self: GcpMachineKeys, url: str, doing: str) -> dict[str, Any]:
        found = real(self, url, doing)
        if stale.pop() if stale else False:
            found["metadata"]["fingerprint"] = "c3RhbGU="
        return found

    monkeypatch.setattr(GcpMachineKeys, "_get", get)
    let_in(asked)
    assert "admin:" in metadata(asked)["ssh-keys"]


def test_a_change_that_is_never_taken_ends_with_googles_words(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    make(asked)
    tries: list[str] = []

    def get(self: GcpMachineKeys, url: str, doing: str) -> dict[str, Any]:
        tries.append(url)
        return {"metadata": {"fingerprint": "c3RhbGU=", "items": []}}

    monkeypatch.setattr(GcpMachineKeys, "_get", get)
    with pytest.raises(Refused, match="fingerprint"):
        let_in(asked)
    assert len(tries) == TRIES


def test_a_machine_that_is_not_there_is_not_found(asked: Asked) -> None:
    with pytest.raises(NotFound):
        let_in(asked)
