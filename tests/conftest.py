"""What tests of several folders need."""

from __future__ import annotations

import pytest

from embedded_cloud.azure.storage.azurite_process import installed


@pytest.fixture(scope="session")
def azurite() -> None:
    """Azurite, without which no blobs are kept: a test of those has failed, not passed, where it's missing."""
    if installed() is None:
        pytest.fail("Azurite is not installed: run `make azurite`", pytrace=False)
