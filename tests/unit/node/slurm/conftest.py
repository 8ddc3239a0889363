"""The clouds' services for tests of what runs on Slurm's machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from node.slurm_cloud import identity, storage
from node.slurm_power import azure, gcp
from tests.unit.node.slurm.services import AZURE, GOOGLE, TOKEN, Services, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from node.slurm_cloud.place import Place


@pytest.fixture
def services(monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    with running() as made:
        monkeypatch.setattr(identity, "METADATA_HOST", f"127.0.0.1:{made.port}")
        monkeypatch.setattr(identity, "IMDS_ENDPOINT", made.url)
        monkeypatch.setattr(storage, "STORAGE_ENDPOINT", made.url)
        monkeypatch.setattr(storage, "BLOB_ENDPOINT", made.url)
        monkeypatch.setattr(gcp, "COMPUTE", made.url)
        monkeypatch.setattr(azure, "ENDPOINT", made.url)
        made.answers["GET /computeMetadata/v1/instance/service-accounts/default/token"] = (200, TOKEN)
        made.answers["GET /metadata/identity/oauth2/token"] = (200, TOKEN)
        yield made


@pytest.fixture(params=["gcp", "azure"])
def place(request: pytest.FixtureRequest) -> Place:
    return GOOGLE if request.param == "gcp" else AZURE
