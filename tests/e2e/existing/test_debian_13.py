"""The same cluster on Debian 13, whose Slurm is two years younger: made, proven, and given back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.e2e.existing.machine import Machine
    from tests.e2e.tool import Tool

pytestmark = [pytest.mark.engine, pytest.mark.long]


@pytest.fixture(scope="module")
def release() -> str:
    return "13"


def test_a_cluster_of_debian_13_proves_itself_stays_as_it_is_and_is_given_back(
    slurm: Tool, settings: dict[str, str], machines: dict[str, Machine], untouched: dict[str, frozenset[str]]
) -> None:
    created = slurm.run("Create", settings)
    assert created.code == 0, created.told
    assert {"name": "proof", "status": "ok", "detail": "a job ran on 2 of 2 nodes, which met by PMIx"} in (
        created.result["checks"]
    )
    contained = "a job ran in a container on 2 of 2 nodes, by --container"
    assert {"name": "container job", "status": "ok", "detail": contained} in created.result["checks"]
    again = slurm.run("Create", settings)
    assert again.code == 0, again.told
    assert again.result["changes"] == {"add": 0, "change": 0, "destroy": 0}
    head = machines["head"]
    head.says("install -d -o alice -g alice /mnt/shared/alice")
    command = "sbatch --wait --chdir=/mnt/shared/alice /mnt/shared/slurm-examples/multi-node.sh"
    head.says(command, "alice")
    assert sorted(head.says("cat /mnt/shared/alice/multi-node-*.out").splitlines()) == [
        "task 0 of 2 on node1 of node1, GPUs 0,1",
        "task 1 of 2 on node2 of node1, GPUs 0,1",
    ]
    destroyed = slurm.run("Destroy", {**settings, "DELETE_DATA": "yes"})
    assert destroyed.code == 0, destroyed.told
    differs = {name: sorted(machine.state() ^ untouched[name]) for name, machine in machines.items()}
    assert differs == {name: [] for name in machines}
