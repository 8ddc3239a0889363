"""The controller gives the server of accounting its own password."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cluster_provision.slurm.cluster import DatabaseServer
from node.slurm_cloud import database, http
from node.slurm_cloud.database import set_password
from node.slurm_cloud.http import CallFailed
from node.slurm_cloud.identity import Identity
from tests.unit.node.slurm.services import AZURE

if TYPE_CHECKING:
    from tests.unit.node.slurm.services import Services

PATH = "/subscriptions/s/resourceGroups/g/providers/Microsoft.DBforMySQL/flexibleServers/vega"
SERVER = DatabaseServer("vega.mysql.database.azure.com", "slurm", PATH)


@pytest.fixture(autouse=True)
def endpoint(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "ENDPOINT", services.url)
    monkeypatch.setattr(http.time, "sleep", lambda seconds: None)


def test_a_server_that_is_busy_or_a_role_that_does_not_act_yet_is_waited_for(services: Services) -> None:
    services.answers[f"PATCH {PATH}"] = [(403, {}), (409, {"error": {"code": "ServerIsBusy"}}), (202, {})]
    set_password(SERVER, "Aa-secret", Identity(AZURE))
    assert services.bodies("PATCH") == [{"properties": {"administratorLoginPassword": "Aa-secret"}}] * 3


def test_a_refusal_that_lasts_is_said_without_the_password(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "LIMIT", 0.0)
    services.answers[f"PATCH {PATH}"] = (403, {"error": {"code": "AuthorizationFailed", "message": "no role"}})
    with pytest.raises(CallFailed, match="AuthorizationFailed no role") as failure:
        set_password(SERVER, "Aa-secret", Identity(AZURE))
    assert "Aa-secret" not in str(failure.value)
