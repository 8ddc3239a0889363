"""What a machine of a cluster on a cloud makes of the description and its own facts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cluster_provision.settings.readers.slurm.partitions import Partition
from cluster_provision.slurm.cloud import CloudCluster, NodeGroup, Pool
from cluster_provision.slurm.cloud_plan import cluster_of, machine_problems
from cluster_provision.slurm.cluster import ClusterUser, Share
from cluster_provision.slurm.conf.slurm_conf import slurm_conf, slurm_parameters
from cluster_provision.slurm.conf.topology_conf import topology_conf
from cluster_provision.slurm.facts import Output, Package
from cluster_provision.slurm.package_names import SCHEDMD
from cluster_provision.slurm.plan import Mount, User
from cluster_provision.slurm.roles import plan_of
from cluster_provision.slurm.shares import shares_on
from tests.unit.slurm.clusters import SECRETS, facts

NODES = tuple(f"demo-hpc-{i}" for i in range(1, 5))
POOL = Pool("hpc", (NodeGroup("demo-hpc-mig", NODES),), 2, 96, 2, 24, 2, 1_900_000, "h100", 8)
CLUSTER = CloudCluster(
    "gcp",
    "demo",
    {"project": "p", "zone": "z"},
    "files/slurm/program.tar.gz",
    "demo-controller",
    ("demo-login-1",),
    (POOL,),
    (Partition("hpc", NODES, default=True),),
    admin="ubuntu",
)
CARD = "GPU {}: NVIDIA H100 80GB HBM3 (UUID: GPU-{})\n"


def _cards(count: int) -> Output:
    return Output(0, "".join(CARD.format(i, i) for i in range(count)))


def _outline(machine: str, **changes: object) -> list[str]:
    plan = plan_of(cluster_of(replace(CLUSTER, **changes), facts()), machine, facts(), SECRETS)  # type: ignore[arg-type]
    return [
        f"{each.KIND} {getattr(each, 'target', getattr(each, 'path', getattr(each, 'name', '')))}"
        for each in plan.resources
    ]


def test_nodes_are_clouds_and_are_found_by_their_names() -> None:
    text = slurm_conf(cluster_of(CLUSTER, facts()))
    assert "NodeName=demo-hpc-[1-4] CPUs=96 " in text
    assert "Gres=gpu:h100:8 State=CLOUD" in text
    assert "NodeAddr" not in text


def test_a_nodes_address_is_the_one_that_it_registers_with() -> None:
    values = slurm_parameters(cluster_of(CLUSTER, facts()))
    assert values["SlurmctldParameters"] == "enable_configless,cloud_reg_addrs"
    assert values["CommunicationParameters"] == "NoAddrCache"


def test_no_machine_needs_the_address_of_another() -> None:
    plan = plan_of(cluster_of(CLUSTER, facts()), "demo-hpc-1", facts(), SECRETS)
    hosts = [each for each in plan.resources if getattr(each, "path", "") == "/etc/hosts"]
    assert [each.lines for each in hosts] == [()]  # type: ignore[attr-defined]


def test_by_hand_alone_nodes_are_never_idle_for_long_enough() -> None:
    assert slurm_parameters(cluster_of(CLUSTER, facts()))["SuspendTime"] == "31536000"


def test_what_the_first_create_switched_on_is_not_suspended_by_itself() -> None:
    values = slurm_parameters(cluster_of(replace(CLUSTER, suspend_time=300), facts()))
    assert (values["SuspendTime"], values["SuspendExcNodes"]) == ("300", "demo-hpc-[1-2]")


def test_the_controller_shares_the_homes_and_the_others_mount_them() -> None:
    assert "block /etc/exports" in _outline("demo-controller")
    for name in ("demo-login-1", "demo-hpc-1"):
        assert "mount /home" in _outline(name)


def test_a_share_of_another_server_is_mounted_everywhere() -> None:
    share = Share("10.0.0.2", "/share", "/home")
    for name in ("demo-controller", "demo-login-1", "demo-hpc-1"):
        assert "mount /home" in _outline(name, shares=(share,))
    assert "block /etc/exports" not in _outline("demo-controller", shares=(share,))


def test_homes_lie_in_a_folder_of_a_share_that_is_mounted_as_a_whole() -> None:
    plan = plan_of(
        cluster_of(replace(CLUSTER, shares=shares_on("filer", "/vol")), facts()), "demo-hpc-1", facts(), SECRETS
    )
    assert [each for each in plan.resources if isinstance(each, Mount)] == [
        Mount("filer:/vol", "/shared", "nfs", "hard,_netdev,nofail"),
        Mount("/shared/home", "/home", "none", "bind,_netdev,nofail"),
    ]


def test_homes_on_a_server_outside_are_made_by_the_controller_alone() -> None:
    users = (ClusterUser("alice", 2001, 2001),)
    cluster = cluster_of(replace(CLUSTER, shares=shares_on("filer", "/vol"), users=users), facts())
    made = {
        machine: [
            each.make_home
            for each in plan_of(cluster, machine, facts(), SECRETS).resources
            if isinstance(each, User) and each.name == "alice"
        ]
        for machine in ("demo-controller", "demo-login-1", "demo-hpc-1")
    }
    assert made == {"demo-controller": [True], "demo-login-1": [False], "demo-hpc-1": [False]}


def test_without_login_nodes_people_log_in_on_the_controller() -> None:
    assert cluster_of(replace(CLUSTER, logins=()), facts()).logins == ("demo-controller",)


def test_groups_that_lie_close_together_are_switches_below_one() -> None:
    groups = (NodeGroup("a", NODES[:2], switch=True), NodeGroup("b", NODES[2:], switch=True))
    text = topology_conf(cluster_of(replace(CLUSTER, pools=(replace(POOL, groups=groups),)), facts()))
    assert text.splitlines()[1:] == [
        "SwitchName=a Nodes=demo-hpc-[1-2]",
        "SwitchName=b Nodes=demo-hpc-[3-4]",
        "SwitchName=demo-all Switches=a,b",
    ]


def test_where_nothing_lies_close_together_there_is_no_topology() -> None:
    assert topology_conf(cluster_of(CLUSTER, facts())) == ""


def test_a_repository_of_schedmds_packages_is_recognized() -> None:
    offered = {SCHEDMD.slurmd: Package("", "25.05.2-1")}
    cluster = cluster_of(CLUSTER, facts(packages=offered))
    assert (cluster.packages, str(cluster.release)) == (SCHEDMD, "25.05")


def test_users_own_keys_replace_those_for_clouds() -> None:
    assert slurm_parameters(cluster_of(replace(CLUSTER, extra=(("TreeWidth", "64"),)), facts()))["TreeWidth"] == "64"


def test_nobody_is_shut_out_where_the_tool_has_no_account_of_its_own() -> None:
    assert not cluster_of(replace(CLUSTER, admin=""), facts()).adopt


def test_a_group_of_administrators_is_enough_to_shut_others_out() -> None:
    made = cluster_of(replace(CLUSTER, admin="", ssh_groups=("google-sudoers",)), facts())
    assert (made.adopt, made.ssh_groups) == (True, ("google-sudoers",))


def test_a_node_with_fewer_gpus_than_its_machine_type_is_named() -> None:
    (problem,) = machine_problems(CLUSTER, "demo-hpc-2", facts(nvidia_smi=_cards(7)))
    assert problem.startswith("demo-hpc-2 has 7 of the 8 GPUs")


@pytest.mark.parametrize(("name", "count"), [("demo-hpc-2", 8), ("demo-controller", 0)])
def test_a_whole_node_and_a_machine_without_gpus_are_fine(name: str, count: int) -> None:
    assert machine_problems(CLUSTER, name, facts(nvidia_smi=_cards(count))) == ()
