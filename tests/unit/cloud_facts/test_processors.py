"""What processors a machine type of Google Cloud shows."""

from __future__ import annotations

import pytest

from cloud_facts.gcp.processors import Processors, processors


@pytest.mark.parametrize(
    ("name", "vcpus", "shown"),
    [
        ("n2-standard-4", 4, Processors(4, 1, 2, 2)),
        ("a3-highgpu-8g", 208, Processors(208, 2, 52, 2)),
        ("t2d-standard-8", 8, Processors(8, 1, 8, 1)),
        ("h3-standard-88", 88, Processors(88, 2, 44, 1)),
        ("c3-standard-88", 88, Processors(88, 1, 44, 2)),
        ("c3-standard-176", 176, Processors(176, 2, 44, 2)),
        ("n1-standard-1", 1, Processors(1, 1, 1, 1)),
    ],
)
def test_threads_are_those_of_the_series_and_two_sockets_those_of_its_large_machines(
    name: str, vcpus: int, shown: Processors
) -> None:
    assert processors(name, vcpus) == shown
