"""A key of the caller's is let in by OS Login for an hour, and taken away again."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from cluster_provision.clouds.gcp.os_login import OsLogin
from cluster_provision.errors import PermissionDenied, SettingsError
from embedded_cloud.google.access.os_login import Guest
from tests.unit.embedded_cloud.asked_cloud import PROJECT, Asked, Session

EMAIL = "ann.lee@example.com"
KEY = "ssh-ed25519 AAAAC3Nza run"
REGION = "us-central1"


def os_login(asked: Asked) -> OsLogin:
    return OsLogin(cast("Any", Session(asked)), PROJECT)


def keys_of(asked: Asked, email: str = EMAIL) -> dict[str, Any]:
    told = asked.json("GET", "oslogin.googleapis.com", f"/v1/users/{email}/loginProfile")
    return dict(told.get("sshPublicKeys", {}))


def test_a_key_holds_for_an_hour_and_the_answer_names_the_user(asked: Asked) -> None:
    now = datetime.now(UTC)
    login = os_login(asked).import_key(EMAIL, KEY, REGION, now)
    assert login.user == "ann_lee_example_com"
    key = keys_of(asked)[login.fingerprint]
    assert key["key"] == KEY
    assert int(key["expirationTimeUsec"]) == int((now + timedelta(hours=1)).timestamp()) * 1_000_000


def test_a_service_account_signs_in_by_its_number(asked: Asked) -> None:
    login = os_login(asked).import_key("tool@p.iam.gserviceaccount.com", KEY, REGION, datetime.now(UTC))
    assert login.user.removeprefix("sa_").isdecimal()


def test_a_key_that_is_deleted_is_gone_and_others_stay(asked: Asked) -> None:
    others = os_login(asked).import_key(EMAIL, "ssh-ed25519 AAAAother", REGION, datetime.now(UTC))
    mine = os_login(asked).import_key(EMAIL, KEY, REGION, datetime.now(UTC))
    os_login(asked).delete_key(EMAIL, mine.fingerprint)
    assert list(keys_of(asked)) == [others.fingerprint]


def test_a_key_that_has_gone_already_is_no_failure_to_delete(asked: Asked) -> None:
    login = os_login(asked).import_key(EMAIL, KEY, REGION, datetime.now(UTC))
    os_login(asked).delete_key(EMAIL, login.fingerprint)
    os_login(asked).delete_key(EMAIL, login.fingerprint)
    assert keys_of(asked) == {}


def test_a_full_profile_is_refused_with_the_commands_that_make_room(asked: Asked) -> None:
    asked.json(
        "POST",
        "oslogin.googleapis.com",
        f"/v1/users/{EMAIL}:importSshPublicKey",
        {"key": f"ssh-rsa {'A' * 32_000}"},
    )
    with pytest.raises(SettingsError, match="32 KiB") as refused:
        os_login(asked).import_key(EMAIL, f"ssh-rsa {'B' * 1_000}", REGION, datetime.now(UTC))
    assert "ssh-keys remove" in refused.value.advice


def test_credentials_of_nobody_in_particular_are_refused(asked: Asked) -> None:
    with pytest.raises(SettingsError, match="e-mail"):
        os_login(asked).import_key("your gcloud login", KEY, REGION, datetime.now(UTC))


def test_a_profile_without_an_account_is_refused(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(OsLogin, "_call", lambda *_, **__: {"loginProfile": {}})
    with pytest.raises(PermissionDenied, match="no account on the machines"):
        os_login(asked).import_key(EMAIL, KEY, REGION, datetime.now(UTC))


def guest(asked: Asked, *denied: str) -> Guest:
    return Guest(asked.cloud._store, lambda: frozenset(denied))


def test_machines_learn_of_keys_that_hold_and_of_no_others(asked: Asked) -> None:
    os_login(asked).import_key(EMAIL, KEY, REGION, datetime.now(UTC))
    old = {"key": "ssh-ed25519 AAAAold", "expirationTimeUsec": "1000000"}
    asked.json("POST", "oslogin.googleapis.com", f"/v1/users/{EMAIL}:importSshPublicKey", old)
    (profile,) = json.loads(str(guest(asked).answer("users", "")))["loginProfiles"]
    assert [key["key"] for key in profile["sshPublicKeys"].values()] == [KEY]


@pytest.mark.parametrize(
    ("denied", "login", "sudo"),
    [
        ((), True, True),
        (("compute.instances.osAdminLogin",), True, False),
        (("compute.instances.osLogin", "compute.instances.osAdminLogin"), False, False),
    ],
)
def test_machines_let_in_who_has_the_permission(asked: Asked, denied: tuple[str, ...], login: bool, sudo: bool) -> None:
    found = [json.loads(str(guest(asked, *denied).answer("authorize", p)))["success"] for p in ("login", "adminLogin")]
    assert found == [login, sudo]
