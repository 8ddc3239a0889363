"""What a run has that nobody else may see, and what a user must get whatever becomes of it."""

from __future__ import annotations

import signal
from importlib import import_module
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from cluster_provision.actions import artefacts
from cluster_provision.actions.debug import credentials_written
from cluster_provision.actions.private_key import key_shown_when_it_fails
from cluster_provision.errors import CapacityError, Interrupted
from cluster_provision.result import Connection, Result

if TYPE_CHECKING:
    from pathlib import Path

KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"


def run_of(output: str, key: str) -> Any:
    shown: list[str] = []
    result = Result("create", connection=Connection(private_key=key))
    return SimpleNamespace(settings=SimpleNamespace(output=output), result=result, show=shown.append, shown=shown)


def test_a_new_key_is_shown_when_the_run_fails() -> None:
    run = run_of("text", KEY)
    with pytest.raises(CapacityError), key_shown_when_it_fails(run):
        raise CapacityError("no room")
    assert KEY.rstrip() in run.shown[0]


def test_with_json_it_is_in_the_failures_own_result() -> None:
    run = run_of("json", KEY)
    with pytest.raises(CapacityError), key_shown_when_it_fails(run):
        raise CapacityError("no room")
    assert run.shown == []
    assert run.result.to_json()["connection"]["private_key"] == KEY


def test_a_run_that_ends_well_shows_it_with_the_rest() -> None:
    run = run_of("text", KEY)
    with key_shown_when_it_fails(run):
        pass
    assert run.shown == []


def test_a_signal_at_the_last_upload_does_not_take_the_key_along(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: Any) -> None:
        raise Interrupted("stopped by SIGTERM", signal.SIGTERM)

    create = import_module("cluster_provision.actions.create")
    monkeypatch.setattr(create, "perform", lambda *_: None)
    monkeypatch.setattr(create, "upload_artefacts", interrupted)
    monkeypatch.setattr(artefacts, "upload_artefacts", lambda _: None)
    run = run_of("text", KEY)
    run.settings.cleanup_on_exit = run.settings.confirm = False
    run.store = run.target = None
    run.provisioner = SimpleNamespace(choose=(), attempt=lambda *_: None, began=False)
    with pytest.raises(Interrupted):
        create.create(run)
    assert KEY.rstrip() in run.shown[0]


def test_what_debug_tells_terraform_of_credentials_is_in_a_file_of_its_owners_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARM_TENANT_ID", "t")
    environ = {"ARM_TENANT_ID": "t", "ARM_CLIENT_SECRET": "a b"}
    run: Any = SimpleNamespace(environ=environ, provisioner=SimpleNamespace(folder=lambda: tmp_path))
    with credentials_written(run) as file:
        assert file is not None
        assert file.read_text() == "export ARM_CLIENT_SECRET='a b'\n"
        assert file.stat().st_mode & 0o777 == 0o600
    assert not file.exists()
    run.environ = {"ARM_TENANT_ID": "t"}
    with credentials_written(run) as file:
        assert file is None
