"""The embedded Azure sells every size that the tool knows, as it knows it."""

from __future__ import annotations

import pytest

from cloud_facts.azure.machine_types import known_sizes
from embedded_cloud.azure.compute.sizes import size


@pytest.mark.parametrize("name", sorted(each.name for each in known_sizes().values()))
def test_a_size_is_the_same_on_both_sides(name: str) -> None:
    known = known_sizes()[name.casefold()]
    spelt, sold = size(name.lower())
    assert spelt == known.name
    assert (sold.cpus, sold.gpus or sold.untold_gpus) == (known.vcpus, known.gpus)
    assert (sold.nvme, sold.rdma) == (known.nvme_disks, known.infiniband)
    assert comparable(sold.family) == comparable(known.family)
    assert tuple(int(each[1]) for each in sold.generations.split(",")) == known.generation


def comparable(family: str) -> str:
    """Azure writes some quotas' names in several ways."""
    return family.casefold().replace(" ", "")
