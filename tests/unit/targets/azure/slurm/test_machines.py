"""Compute nodes by their names in Slurm, which are not those that their machines have and report by."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from cluster_provision.clouds.azure.machines import ScaleSetMachine
from cluster_provision.targets.azure.slurm.machines import nodes_of

if TYPE_CHECKING:
    from cluster_provision.slurm.cloud import Pool


def test_a_node_has_slurms_name_and_keeps_its_machines_own() -> None:
    own = "demo-hpc-set1-00000a"
    machine = ScaleSetMachine(own, "1", "eastus", computer_name=own, resource="10")
    group: Any = SimpleNamespace(name="demo-hpc-set1")
    pool = cast("Pool", SimpleNamespace(groups=(group,), nodes=("demo-hpc-1",)))
    cloud: Any = SimpleNamespace(machines=lambda *_: [machine])
    (node,) = nodes_of(cloud, "g", [pool], {own: "demo-hpc-1"})
    assert (node.name, node.computer_name) == ("demo-hpc-1", own)
