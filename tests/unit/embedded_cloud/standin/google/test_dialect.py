"""The google provider as a whole."""

from __future__ import annotations

import pytest

from embedded_cloud.standin.google.dialect import Google
from tests.unit.embedded_cloud.standin.kit import schemas, tables

NETWORK = "google_compute_network"


@pytest.mark.parametrize("earlier", [True, False])
def test_a_stop_reaches_what_waits_already_and_what_comes_after_it(earlier: bool) -> None:
    dialect = Google(tables(), schemas())
    waiting = [dialect.lifecycle(NETWORK)] if earlier else []
    dialect.stop()
    waiting.append(dialect.lifecycle(NETWORK))
    assert all(each.api.stopped.is_set() for each in waiting)
