"""A Slurm cluster's machines on a cloud: how many there can be, which are on, and what each is called."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cluster_provision.settings import load
from tests.unit.settings.public_key import PUBLIC_KEY
from tests.unit.settings.slurm.clouds import CLOUDS, ENVIRONMENTS, OTHER_TYPE, loaded, problems, settings


@pytest.fixture(params=CLOUDS)
def cloud(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_without_partitions_there_is_one_of_max_nodes(cloud: str) -> None:
    found = settings(cloud, INSTANCE_COUNT="2", MAX_NODES="8")
    (pool,) = found.slurm_pools
    assert (pool.name, pool.count, pool.on, pool.first) == ("hpc", 8, 2, True)
    assert pool.machine_type == found.machine_type
    assert pool.nodes == tuple(f"vega-hpc-{number}" for number in range(1, 9))
    (partition,) = found.slurm_partitions
    assert (partition.name, partition.default, partition.nodes) == ("hpc", True, pool.nodes)


def test_there_can_be_as_many_as_are_on_unless_it_is_said(cloud: str) -> None:
    found = settings(cloud, INSTANCE_COUNT="3")
    assert (found.instance_count, found.max_nodes) == (3, 3)


def test_the_default_number_is_no_more_than_there_can_be(cloud: str) -> None:
    found = settings(cloud, MAX_NODES="1")
    assert (found.instance_count, found.max_nodes) == (1, 1)


def test_all_nodes_may_be_off(cloud: str) -> None:
    found = settings(cloud, INSTANCE_COUNT="0", MAX_NODES="4")
    assert [(pool.on, pool.count) for pool in found.slurm_pools] == [(0, 4)]


def test_each_partition_with_a_number_has_machines_of_its_own(cloud: str) -> None:
    text = f"hpc:Nodes=8,On=2;cpu:Nodes=4,On=1,MachineType={OTHER_TYPE[cloud]},MaxTime=60;debug:Nodes=ALL"
    found = settings(cloud, PARTITIONS=text)
    hpc, cpu = found.slurm_pools
    assert (hpc.count, hpc.on, hpc.machine_type, hpc.first) == (8, 2, found.machine_type, True)
    assert (cpu.count, cpu.on, cpu.machine_type, cpu.first) == (4, 1, OTHER_TYPE[cloud], False)
    assert found.slurm_partitions[1].options == (("MaxTime", "60"),)
    assert [each.nodes for each in found.slurm_partitions] == [hpc.nodes, cpu.nodes, ("ALL",)]
    assert (found.instance_count, found.max_nodes) == (2, 8)


def test_the_first_partition_takes_the_clusters_numbers(cloud: str) -> None:
    found = settings(cloud, PARTITIONS="big;small:Nodes=2", INSTANCE_COUNT="1", MAX_NODES="5")
    assert [(pool.name, pool.count, pool.on) for pool in found.slurm_pools] == [("big", 5, 1), ("small", 2, 0)]


def test_a_partition_may_name_nodes_of_another(cloud: str) -> None:
    found = settings(cloud, PARTITIONS="hpc:Nodes=4;debug:Nodes=vega-hpc-[1-2]")
    assert found.slurm_partitions[1].nodes == ("vega-hpc-1", "vega-hpc-2")


def test_nodes_that_there_are_not_are_refused(cloud: str) -> None:
    (problem,) = problems(cloud, PARTITIONS="hpc:Nodes=4;debug:Nodes=vega-hpc-[3-6]")
    assert problem.startswith("PARTITIONS: partition debug names vega-hpc-[5-6]")
    assert "vega-hpc-[1-4]" in problem


def test_keys_that_need_accounting_are_refused_without_it(cloud: str) -> None:
    (problem,) = problems(cloud, PARTITIONS="hpc:Nodes=4,QOS=high", ACCOUNTING="off")
    assert "QOS" in problem and "ACCOUNTING=local" in problem


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"INSTANCE_COUNT": "0"}, "set MAX_NODES"),
        ({"INSTANCE_COUNT": "5", "MAX_NODES": "4"}, "INSTANCE_COUNT=5 is more than the 4"),
        ({"PARTITIONS": "hpc:Nodes=4", "INSTANCE_COUNT": "5"}, "INSTANCE_COUNT=5 is more than the 4"),
        ({"PARTITIONS": "hpc:Nodes=4", "MAX_NODES": "5"}, "MAX_NODES=5, and PARTITIONS has Nodes=4 in hpc"),
        ({"PARTITIONS": "hpc:Nodes=4,On=1", "INSTANCE_COUNT": "2"}, "INSTANCE_COUNT=2, and PARTITIONS has On=1 in hpc"),
        ({"PARTITIONS": "a:Nodes=900;b:Nodes=9999"}, "10899 nodes in all"),
        ({"MAX_NODES": "0"}, "allowed are 1 to 10000"),
        ({"LOGIN_COUNT": "21"}, "allowed are 0 to 20"),
        ({"SUSPEND_TIME": "-1"}, "without a sign"),
        ({"SUSPEND_TIME": "0"}, "allowed are 1 to"),
        ({"DATA_DISK_GB": "9"}, "allowed are 10 to 32767"),
    ],
)
def test_numbers_that_do_not_fit_are_refused(cloud: str, given: dict[str, str], named: str) -> None:
    (problem,) = problems(cloud, **given)
    assert named in problem


def test_one_number_said_twice_alike_is_no_problem(cloud: str) -> None:
    assert problems(cloud, PARTITIONS="hpc:Nodes=4,On=1", INSTANCE_COUNT="1", MAX_NODES="4") == ()


@pytest.mark.parametrize("orchestrator", ["none", "ray"])
def test_no_machine_at_all_is_for_slurm_alone(cloud: str, orchestrator: str) -> None:
    (problem,) = problems(cloud, INSTANCE_COUNT="0", ORCHESTRATOR_TYPE=orchestrator)
    assert problem.startswith("INSTANCE_COUNT=0") and "ORCHESTRATOR_TYPE=slurm" in problem


def test_the_controller_and_the_login_nodes_have_names(cloud: str) -> None:
    found = settings(cloud, LOGIN_COUNT="2")
    assert found.controller_name == "vega-controller"
    assert found.login_names == ("vega-login-1", "vega-login-2")


def test_without_login_nodes_there_are_no_names_of_them(cloud: str) -> None:
    assert settings(cloud).login_names == ()


def test_a_login_node_is_like_the_controller_unless_it_is_said(cloud: str) -> None:
    name = {"gcp": "LOGIN_TYPE", "azure": "LOGIN_SKU"}[cloud]
    found = settings(cloud)
    assert found.login_machine_type == found.controller_machine_type
    found = settings(cloud, LOGIN_COUNT="1", **{name: OTHER_TYPE[cloud]})
    assert found.login_machine_type == OTHER_TYPE[cloud] != found.controller_machine_type


def test_another_orchestrators_cluster_has_nothing_of_slurm(cloud: str) -> None:
    whole = load({**ENVIRONMENTS[cloud], "NAME_PREFIX": "vega", "LOGIN_COUNT": "2", "MAX_NODES": "8"}, "Create")
    found = whole.settings
    assert (found.slurm_pools, found.slurm_partitions, found.controller_name, found.login_names) == ((), (), "", ())
    assert "ignored with ORCHESTRATOR_TYPE=none, as parameters of another: MAX_NODES, LOGIN_COUNT" in whole.notes


def test_a_name_that_slurms_database_does_not_take_is_refused(cloud: str) -> None:
    (problem,) = problems(cloud, NAME_PREFIX="a" * 41)
    assert problem.startswith("NAME_PREFIX=") and "at most 40" in problem


def test_no_machine_has_a_name_too_long_for_a_host(cloud: str) -> None:
    text = "a23456789012345:Nodes=1000"
    found = settings(cloud, NAME_PREFIX="p" * 40, PARTITIONS=text, LOGIN_COUNT="20")
    names = [found.controller_name, *found.login_names, *found.slurm_pools[0].nodes]
    assert max(map(len, names)) == 40 + len("-a23456789012345-1000") <= 63


def test_users_are_read_from_their_file(cloud: str, tmp_path) -> None:
    (tmp_path / "users").write_text(f"alice:20001:{PUBLIC_KEY}\n")
    (alice,) = settings(cloud, USERS_FILE=str(tmp_path / "users")).users
    assert (alice.name, alice.uid) == ("alice", 20001)


def test_the_images_first_users_number_is_refused(cloud: str, tmp_path) -> None:
    (tmp_path / "users").write_text(f"alice:1000:{PUBLIC_KEY}\n")
    (problem,) = problems(cloud, USERS_FILE=str(tmp_path / "users"))
    assert problem.startswith("USERS_FILE: alice has the uid 1000")


@pytest.mark.parametrize(
    "key", ["SuspendTime=60", "resumeprogram=/x", "SuspendExcNodes=a", "TopologyPlugin=topology/tree"]
)
def test_keys_by_which_nodes_come_and_go_are_the_tools_own(cloud: str, key: str) -> None:
    (problem,) = problems(cloud, SLURM_CONF_EXTRA=f"{key};PriorityType=priority/multifactor")
    assert key.partition("=")[0].lower() in problem.lower() and "the tool's own on a cloud" in problem


def test_copied_files_that_homes_would_hide_are_refused(cloud: str) -> None:
    (problem,) = problems(cloud, VM_LOCALFILE_DEST_PATH="/home/alice/data")
    assert problem.startswith("VM_LOCALFILE_DEST_PATH=/home/alice/data: in a Slurm cluster /home is shared")


@pytest.mark.parametrize("name", ["NODE_COMMAND", "NODE_COMMAND_CONTROLLER", "NODE_COMMAND_LOGIN"])
def test_commands_of_the_users_arrive_and_are_shown_nowhere(cloud: str, name: str) -> None:
    found = settings(cloud, **{name: "'one' && echo 'two'"})
    assert getattr(found, name.lower()) == "'one' && echo 'two'"
    assert "'one' && echo 'two'" in found.confidential
    lines = problems(cloud, **{name: "secret words", "INSTANCE_COUNT": "x"})
    assert lines and not any("secret" in line for line in lines)


def test_the_data_disk_is_kept_only_where_that_is_asked_for(cloud: str) -> None:
    assert not settings(cloud).keep_data_disk
    assert settings(cloud, DELETE_FILE_SHARES="no").keep_data_disk
    assert not settings(cloud, DELETE_FILE_SHARES="yes").keep_data_disk


@pytest.mark.parametrize(("name", "text"), [("NODES", "n[1-3]"), ("NFS_SERVER", "nfs"), ("LOGIN_NODES", "login1")])
def test_parameters_of_existing_machines_are_pointed_out(cloud: str, name: str, text: str) -> None:
    assert f"ignored with CLOUD={cloud}, as parameters of another cloud: {name}" in loaded(cloud, **{name: text}).notes


@pytest.mark.parametrize("name", ["INVENTORY", "CONTROLLER"])
def test_what_makes_existing_machines_a_cluster_is_an_error_where_nothing_else_does(cloud: str, name: str) -> None:
    place = {"gcp": "PROJECT_ID", "azure": "SUBSCRIPTION_ID"}[cloud]
    found = problems(cloud, **{place: None, name: "head"})
    assert any(problem.startswith(f"{name} is a parameter of CLOUD=existing") for problem in found)


def test_pools_follow_the_settings_that_they_are_made_of(cloud: str) -> None:
    found = replace(settings(cloud, INSTANCE_COUNT="2"), max_nodes=3)
    assert [pool.count for pool in found.slurm_pools] == [3]
