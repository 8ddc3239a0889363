"""The controller puts its secrets into the cluster's vault, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cluster_provision.slurm.cluster import Secrets
from node.slurm_cloud import http, vault
from node.slurm_cloud.http import CallFailed
from node.slurm_cloud.identity import Identity
from node.slurm_cloud.vault import keep_secrets
from tests.unit.node.slurm.services import AZURE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.node.slurm.services import Services

VAULT = "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/vega"
KEY, PASSWORD = f"PUT {VAULT}/secrets/munge-key", f"PUT {VAULT}/secrets/database-password"
SECRETS = Secrets("abc123", "Aa-secret")


@pytest.fixture(autouse=True)
def endpoint(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vault, "ENDPOINT", services.url)
    monkeypatch.setattr(http.time, "sleep", lambda seconds: None)


def test_each_is_put_there_once_and_a_role_that_does_not_act_yet_is_waited_for(
    services: Services, tmp_path: Path
) -> None:
    services.answers |= {KEY: [(403, {}), (201, {})], PASSWORD: (201, {})}
    for _ in range(2):
        keep_secrets(VAULT, SECRETS, str(tmp_path), Identity(AZURE), accounting=True)
    kept = [each["properties"]["value"] for each in services.bodies("PUT")]
    assert kept == ["abc123", "abc123", "Aa-secret"]
    noted = tmp_path / "vault.json"
    assert noted.stat().st_mode & 0o777 == 0o600
    assert not any(secret in noted.read_text() for secret in ("abc123", "Aa-secret"))


def test_a_new_password_is_put_there_again_and_none_without_accounting(services: Services, tmp_path: Path) -> None:
    services.answers |= {KEY: (201, {}), PASSWORD: (201, {})}
    keep_secrets(VAULT, SECRETS, str(tmp_path), Identity(AZURE), accounting=False)
    assert [each["properties"]["value"] for each in services.bodies("PUT")] == ["abc123"]
    keep_secrets(VAULT, Secrets("abc123", "Aa-other"), str(tmp_path), Identity(AZURE), accounting=True)
    assert [each["properties"]["value"] for each in services.bodies("PUT")] == ["abc123", "Aa-other"]


def test_a_refusal_that_lasts_is_said_without_the_secret(
    services: Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(vault, "LIMIT", 0.0)
    services.answers[KEY] = (403, {"error": {"code": "AuthorizationFailed", "message": "no role"}})
    with pytest.raises(CallFailed, match="AuthorizationFailed no role") as failure:
        keep_secrets(VAULT, SECRETS, str(tmp_path), Identity(AZURE), accounting=True)
    assert "abc123" not in str(failure.value)
    assert not (tmp_path / "vault.json").exists()
