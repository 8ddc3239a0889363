"""How a Slurm cluster's settings become its description, and the root module's variables."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from cluster_provision.clouds.base import Machine
from cluster_provision.errors import NotReady, PermissionDenied
from cluster_provision.result import Leftover
from cluster_provision.settings import GcpSettings
from cluster_provision.settings.readers.slurm.cloud_partitions import CloudPartitions
from cluster_provision.state.base import HeldInstance, StateFacts
from cluster_provision.targets.base import Remains
from cluster_provision.targets.gcp.default_network import Additions
from cluster_provision.targets.gcp.slurm.pools import pools_of
from cluster_provision.targets.gcp.slurm.target import GcpSlurm
from cluster_provision.targets.gcp.slurm.variables import (
    controller_variables,
    login_variables,
    pool_variables,
    slurm_network_variables,
)
from cluster_provision.targets.gcp.target import GcpTarget


def settings(partitions: str = "hpc:Nodes=8,On=2", **given: Any) -> GcpSettings:
    told = {
        "project_id": "p-123456",
        "name_prefix": "demo",
        "zone": ("us-central1-a",),
        "orchestrator_type": "slurm",
        "partitions": CloudPartitions().read(partitions),
        "vm_type": "a3-highgpu-8g",
        "accelerator_type": "nvidia-h100-80gb",
        "gpu_count": 8,
        "disk_type": "pd-ssd",
        "instance_count": 2,
        "max_nodes": 8,
    }
    return GcpSettings(**{**told, **given})


def test_a_pool_has_one_group_and_what_its_machine_type_has() -> None:
    (pool,) = pools_of(settings(), lambda machine: 88.5)
    (group,) = pool.groups
    assert (group.name, group.nodes[0], len(group.nodes)) == ("demo-hpc-mig", "demo-hpc-1", 8)
    assert (pool.on, pool.cpus, pool.sockets, pool.cores, pool.threads) == (2, 208, 2, 52, 2)
    assert (pool.memory_mb, pool.gpu_type, pool.gpus, pool.hourly) == (1872 * 1024, "h100", 8, 88.5)


def test_the_tool_and_who_comes_by_gcloud_log_in_to_nodes_without_a_job() -> None:
    described = GcpSlurm(settings(ssh_exceptions=("monitor",))).describe()
    assert described.ssh_exceptions == ("slurm-tool", "monitor")
    assert described.ssh_groups == ("google-sudoers",)


def test_nodes_that_lie_close_together_are_a_switch() -> None:
    switches = [
        pools_of(settings(compact_placement=compact), lambda _: None)[0].groups[0].switch for compact in (True, False)
    ]
    assert switches == [True, False]


def test_other_pools_follow_their_own_type() -> None:
    both = settings("hpc:Nodes=8;cpu:Nodes=4,MachineType=n2-standard-8", provisioning_model="reservation-bound")
    cpu = pool_variables(both, StateFacts())["cpu"]
    assert (cpu["machine_type"], cpu["accelerator_count"], cpu["provisioning_model"]) == (
        "n2-standard-8",
        0,
        "standard",
    )
    assert pools_of(both, lambda _: None)[1].gpu_type == ""


def test_a_type_that_takes_no_such_disk_gets_one_that_it_takes() -> None:
    both = settings("hpc:Nodes=8;new:Nodes=4,MachineType=c4-standard-8")
    assert pool_variables(both, StateFacts())["new"]["disk_type"].startswith("hyperdisk-")


def test_standing_machines_have_a_disk_of_their_own_size_and_the_controller_one_that_outlives_it() -> None:
    told = settings(login_count=2, data_disk_gb=512, disk_size_gb=2000)
    controller = controller_variables(told)
    assert (controller["name"], controller["disk_size_gb"], controller["data_disk_size_gb"]) == (
        "demo-controller",
        200,
        512,
    )
    assert list(login_variables(told)) == ["demo-login-1", "demo-login-2"]


def test_a_pools_placement_policy_stays_while_the_state_has_it() -> None:
    policy = HeldInstance("google_compute_resource_policy", "0", {"name": "demo-hpc-placement"})
    facts = StateFacts(exists=True, instances=(policy,))
    assert pool_variables(settings(), facts)["hpc"]["keep_placement_policy"] is True
    assert pool_variables(settings(), StateFacts())["hpc"]["keep_placement_policy"] is False


def test_the_networks_are_as_many_as_the_pool_with_most_cards_needs() -> None:
    several = settings("hpc:Nodes=2;cpu:Nodes=2,MachineType=n2-standard-8", network_config="multi_nic_network")
    assert slurm_network_variables(several, "us-central1-a", Additions())["extra_networks"] == 4
    cards = {name: pool["extra_cards"] for name, pool in pool_variables(several, StateFacts()).items()}
    assert cards == {"hpc": 4, "cpu": 4}


def test_roles_that_may_not_be_listed_keep_nothing_else_from_going(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_: str) -> list[str]:
        raise PermissionDenied("looking for remaining roles: no iam.roles.list")

    monkeypatch.setattr(GcpTarget, "sweep", lambda *_: True)
    monkeypatch.setattr(GcpSlurm, "cloud", SimpleNamespace(controller_roles=refused))
    store: Any = SimpleNamespace(exists=lambda: False)
    assert GcpSlurm(settings(service_account="mine@p-123456.iam.gserviceaccount.com")).sweep(store, print)


DISK = Leftover("disk", "demo-controller-data", "us-central1-a")


@pytest.mark.parametrize(
    ("found", "unseen", "given", "goes"),
    [
        ((DISK,), (), {}, True),
        ((DISK,), (), {"keep_data_disk": True}, False),
        ((DISK,), (PermissionDenied("no"),), {}, False),
        ((DISK, Leftover("instance", "demo-controller", "us-central1-a")), (), {}, False),
        ((replace(DISK, place="us-east1-b"),), (), {}, False),
        ((), (), {}, False),
    ],
    ids=["alone", "to be kept", "a look was refused", "beside a machine", "in another zone", "nothing"],
)
def test_a_kept_disk_goes_where_it_is_all_that_remains_and_is_not_to_stay(
    monkeypatch: pytest.MonkeyPatch, found: Any, unseen: Any, given: dict[str, Any], goes: bool
) -> None:
    removed: list[str] = []
    monkeypatch.setattr(GcpSlurm, "cloud", SimpleNamespace(remove_disk=lambda *which: removed.append("/".join(which))))
    assert GcpSlurm(settings(**given)).remove_kept(Remains(found, unseen), lambda _: None) is goes
    assert removed == (["us-central1-a/demo-controller-data"] if goes else [])


def machine(name: str, status: str = "RUNNING") -> Machine:
    return Machine(name, name, "us-central1-a", status=status)


def test_who_names_no_machine_comes_in_by_the_first_that_is_on(monkeypatch: pytest.MonkeyPatch) -> None:
    standing = [machine("demo-login-1", "TERMINATED"), machine("demo-login-2"), machine("demo-controller")]
    cloud = SimpleNamespace(single_machines=lambda *_: standing, machines=lambda *_: [])
    monkeypatch.setattr(GcpSlurm, "cloud", cloud)
    target = GcpSlurm(settings(login_count=2))
    assert "demo-login-2" in target.way_in("")
    with pytest.raises(NotReady, match="demo-login-1 is switched off"):
        target.way_in("demo-login-1")
    standing[1] = machine("demo-login-2", "STOPPING")
    assert "demo-controller" in target.way_in("")


def test_commands_go_to_the_machines_that_are_on(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[list[str]] = []
    ssh = SimpleNamespace(fleet=lambda machines, _: asked.append([each.name for each in machines]))
    monkeypatch.setattr(GcpSlurm, "_ssh", ssh)
    site: Any = SimpleNamespace(machines=[machine("demo-login-1", "TERMINATED"), machine("demo-controller")])
    GcpSlurm(settings(login_count=1)).fleet(site)
    assert asked == [["demo-controller"]]
