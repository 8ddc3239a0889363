"""The pools of a Slurm cluster on Azure, as its settings and the table of sizes give them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from cluster_provision.slurm.cloud import NodeGroup
from cluster_provision.targets.azure.slurm.pools import LONGEST_PREFIX, computer_name_prefix, pools_of
from cluster_provision.targets.azure.slurm.variables import scale_sets_variables
from tests.unit.settings.slurm.clouds import settings

if TYPE_CHECKING:
    from cluster_provision.settings import AzureSettings

H100 = {"SKU": "Standard_ND96isr_H100_v5", "IMAGE": "microsoft-dsvm:ubuntu-hpc:2404:latest"}


def azure(**given: str) -> AzureSettings:
    return cast("AzureSettings", settings("azure", **given))


def test_a_scale_set_holds_as_many_nodes_as_hpc_max_num_vms_and_is_a_switch() -> None:
    (pool,) = pools_of(azure(INSTANCE_COUNT="1", MAX_NODES="5", HPC_MAX_NUM_VMS="2"))
    sizes = {group.name: len(group.nodes) for group in pool.groups}
    assert sizes == {"vega-hpc-set1": 2, "vega-hpc-set2": 2, "vega-hpc-set3": 1}
    assert pool.groups[2].nodes == ("vega-hpc-5",)
    assert all(group.switch for group in pool.groups)
    assert pool.nodes == tuple(f"vega-hpc-{number}" for number in range(1, 6))


def test_nodes_with_infiniband_are_at_most_100_a_set_and_come_all_or_none() -> None:
    (pool,) = pools_of(azure(**H100, INSTANCE_COUNT="1", MAX_NODES="130", HPC_MAX_NUM_VMS="100"))
    assert [len(group.nodes) for group in pool.groups] == [100, 30]
    assert pool.together
    assert (pool.gpu_type, pool.gpus, pool.memory_mb) == ("h100", 8, 1900 * 1024)
    assert pool.cores * pool.threads == pool.cpus == 96
    made = scale_sets_variables(azure(**H100, INSTANCE_COUNT="1", MAX_NODES="130"))
    assert [each["single_placement_group"] for each in made.values()] == [True, True]


def test_a_pool_of_another_size_has_that_size_and_its_price() -> None:
    given = azure(INSTANCE_COUNT="2", PARTITIONS="hpc:Nodes=4;big:Nodes=2,MachineType=Standard_D2s_v5")
    hpc, big = pools_of(given)
    assert (hpc.on, big.on) == (2, 0)
    assert (hpc.cpus, big.cpus) == (8, 2)
    assert hpc.hourly is not None
    assert big.hourly is not None
    assert hpc.hourly > big.hourly > 0
    made: dict[str, dict[str, Any]] = scale_sets_variables(given)
    assert {name: each["sku"] for name, each in made.items()} == {
        "vega-hpc-set1": "Standard_D8s_v5",
        "vega-big-set1": "Standard_D2s_v5",
    }


@pytest.mark.parametrize("length", [1, 57, 58, 80])
def test_computer_names_fit_and_begin_differently_in_each_set(length: int) -> None:
    one, other = (computer_name_prefix(NodeGroup("a" * length + end, ())) for end in "bc")
    assert one != other
    assert len(one) <= LONGEST_PREFIX
    assert one.endswith("-")
