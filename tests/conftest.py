"""What tests of several folders need."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from embedded_cloud.azure.storage.azurite_process import installed

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def hangup_heard() -> Iterator[None]:
    """SIGHUP as a terminal's programs have it, also where the tests run below nohup, and ignore it with all that they
    start."""
    former = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, former)


@pytest.fixture(scope="session")
def azurite() -> None:
    """Azurite, without which no blobs are kept: a test of those has failed, not passed, where it's missing."""
    if installed() is None:
        pytest.fail("Azurite is not installed: run `make azurite`", pytrace=False)
