"""The token with which Prometheus writes to Azure Monitor."""

from __future__ import annotations

import os
import pwd
from types import SimpleNamespace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from node.machine.programs import Failure
from node.slurm_cloud.http import CallFailed
from node.slurm_cloud.identity import Identity
from node.slurm_cloud.metrics_token import keep_token
from tests.unit.node.slurm.services import AZURE, TOKEN

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.node.slurm.services import Services


@pytest.fixture
def prometheus(monkeypatch: pytest.MonkeyPatch) -> None:
    """This user is Prometheus'."""
    monkeypatch.setattr(pwd, "getpwnam", lambda name: SimpleNamespace(pw_uid=os.getuid(), pw_gid=os.getgid()))


@pytest.mark.usefixtures("prometheus")
def test_its_user_alone_reads_it_and_it_is_for_azure_monitor(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "run" / "token"
    for _ in range(2):
        keep_token(Identity(AZURE), str(path))
    assert path.read_text() == TOKEN["access_token"]
    assert path.stat().st_mode & 0o777 == 0o400
    asked = [parse_qs(urlsplit(target).query)["resource"] for _, target, _, _ in services.asked]
    assert asked == [["https://monitor.azure.com/"]] * 2
    assert [each.name for each in path.parent.iterdir()] == ["token"]


@pytest.mark.usefixtures("prometheus")
def test_the_old_one_stays_where_no_new_one_is_given(services: Services, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("old")
    services.answers["GET /metadata/identity/oauth2/token"] = (400, {})
    with pytest.raises(CallFailed):
        keep_token(Identity(AZURE), str(tmp_path / "token"))
    assert (tmp_path / "token").read_text() == "old"


def test_without_prometheus_user_nothing_is_written(services: Services, tmp_path: Path) -> None:
    with pytest.raises(Failure, match="no user prometheus"):
        keep_token(Identity(AZURE), str(tmp_path / "token"))
    assert not (tmp_path / "token").exists()
