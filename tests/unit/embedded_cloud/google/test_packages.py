"""The hosts of packages: single files alone, and what they hold says that it is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.unit.embedded_cloud.asked_cloud import Asked


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("packages.cloud.google.com", "/apt/doc/apt-key.gpg"),
        ("developer.download.nvidia.com", "/compute/cuda/repos/debian12/x86_64/cuda-keyring_1.1-1_all.deb"),
    ],
)
def test_a_key_can_be_fetched_and_a_repository_can_not(asked: Asked, host: str, path: str) -> None:
    assert asked.cloud.knows(host)
    fetched = asked.ask("GET", host, path)
    assert fetched.status == 200
    assert fetched.body.startswith(b"rehearsal: this is not ")
    assert asked.ask("GET", host, "/apt/dists/x/InRelease").status == 404
