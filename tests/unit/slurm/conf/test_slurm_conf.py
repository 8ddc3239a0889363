"""slurm.conf: the guide's values, the user's own in their place, and what each release needs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cluster_provision.settings.readers.slurm.partitions import Partition
from cluster_provision.slurm.cluster import Gpus, Machine, Power, SlurmCluster, SlurmNode, Switch
from cluster_provision.slurm.conf.slurm_conf import slurm_conf, slurm_parameters
from cluster_provision.slurm.release import Release
from tests.unit.slurm.clusters import H100, cluster, node

FOR_CONTAINERS = (
    ("ProctrackType", "proctrack/linuxproc"),
    ("TaskPlugin", "task/none"),
    ("SlurmdParameters", "config_overrides"),
    ("JobAcctGatherType", "jobacct_gather/none"),
)


def lines(of: SlurmCluster, start: str) -> list[str]:
    return [line for line in slurm_conf(of).splitlines() if line.lower().startswith(start.lower())]


def test_equal_nodes_stand_in_one_line_with_95_percent_of_their_memory() -> None:
    assert lines(cluster(), "NodeName") == [
        "NodeName=lyra[01-04] NodeAddr=10.30.0.[11-14] CPUs=192 Boards=1 SocketsPerBoard=2 CoresPerSocket=48 "
        "ThreadsPerCore=2 RealMemory=980154 Gres=gpu:h100:8 State=UNKNOWN"
    ]


def test_nodes_that_differ_or_do_not_count_up_stand_in_lines_of_their_own() -> None:
    nodes = (
        node(1),
        node(2, address="10.30.0.99"),
        node(3, address="10.30.0.100"),
        node(4, memory_mb=515_000),
        node(6, address=""),
    )
    assert [line.split(" CPUs")[0] for line in lines(cluster(nodes=nodes), "NodeName")] == [
        "NodeName=lyra01 NodeAddr=10.30.0.11",
        "NodeName=lyra[02-03] NodeAddr=10.30.0.[99-100]",
        "NodeName=lyra04 NodeAddr=10.30.0.14",
        "NodeName=lyra06",
    ]


def test_boards_multiply_the_sockets_of_each() -> None:
    (line,) = lines(cluster(nodes=(node(1, boards=4, sockets=8),)), "NodeName")
    assert "Boards=4 SocketsPerBoard=2" in line


def test_kinds_of_gpus_in_one_node_are_told_apart() -> None:
    mixed = (Gpus("rtx_4090", ("/dev/nvidia0",)), Gpus("a100", ("/dev/nvidia1", "/dev/nvidia2")))
    (line,) = lines(cluster(nodes=(node(1, gpus=mixed),)), "NodeName")
    assert "Gres=gpu:rtx_4090:1,gpu:a100:2" in line


def test_the_guides_partition_is_there_where_none_is_asked_for() -> None:
    assert lines(cluster(), "PartitionName") == [
        "PartitionName=batch Nodes=ALL Default=YES DefMemPerCPU=0 OverSubscribe=EXCLUSIVE MaxTime=INFINITE State=UP"
    ]


def test_partitions_are_written_as_they_were_asked_for() -> None:
    day = Partition("day", ("lyra01", "lyra02", "lyra03"), True, (("MaxTime", "08:00:00"), ("OverSubscribe", "NO")))
    night = Partition("night", options=(("PreemptMode", "REQUEUE"), ("OverSubscribe", "FORCE:1")))
    assert lines(cluster(partitions=(day, night)), "PartitionName") == [
        "PartitionName=day Nodes=lyra[01-03] Default=YES MaxTime=08:00:00 OverSubscribe=NO DefMemPerCPU=5104",
        "PartitionName=night Nodes=ALL PreemptMode=REQUEUE OverSubscribe=FORCE:1 DefMemPerCPU=5104",
    ]


def test_the_users_key_replaces_ours_whatever_its_case_and_stands_once() -> None:
    own = (("returntoservice", "2"), ("SelectTypeParameters", "CR_Core"), ("JobRequeue", "1"))
    text = slurm_conf(cluster(extra=own))
    assert text.lower().count("returntoservice") == 1
    assert "ReturnToService=2\n" in text
    assert "SelectTypeParameters=CR_Core\n" in text
    assert "JobRequeue=1\n" in text


@pytest.mark.parametrize(
    ("given", "written"),
    [("", "enable_configless"), ("idle_on_node_suspend", "idle_on_node_suspend,enable_configless")],
)
def test_what_the_tool_needs_is_added_to_the_users_list(given: str, written: str) -> None:
    extra = (("SlurmctldParameters", given),) if given else ()
    assert slurm_parameters(cluster(extra=extra))["SlurmctldParameters"] == written


@pytest.mark.parametrize(
    ("extra", "written"),
    [
        ((), "CR_Core_Memory"),
        ((("SelectType", "select/linear"),), "CR_Memory"),
        ((("selecttype", "select/linear"), ("SelectTypeParameters", "CR_Memory,CR_LLN")), "CR_Memory,CR_LLN"),
    ],
)
def test_whole_nodes_alone_are_chosen_by_memory(extra: tuple[tuple[str, str], ...], written: str) -> None:
    assert slurm_parameters(cluster(extra=extra))["SelectTypeParameters"] == written


def test_gres_types_that_the_tool_sets_too_stand_once() -> None:
    assert slurm_parameters(cluster(extra=(("GresTypes", "gpu"),)))["GresTypes"] == "gpu"
    assert slurm_parameters(cluster(extra=(("GresTypes", "shard"),)))["GresTypes"] == "shard,gpu"


def test_a_cluster_without_gpus_has_no_gres() -> None:
    assert "gres" not in slurm_conf(cluster(nodes=(node(1), node(2)))).lower()


def test_what_containers_need_replaces_the_cgroup_plug_ins() -> None:
    values = slurm_parameters(cluster(extra=FOR_CONTAINERS))
    assert "cgroup" not in " ".join(values.values())


def test_without_accounting_no_database_is_named() -> None:
    assert "AccountingStorage" not in slurm_conf(cluster(accounting=False))
    assert "AccountingStorageHost=lyra-hd\n" in slurm_conf(cluster())


@pytest.mark.parametrize(
    ("release", "parameters"),
    [
        (Release(22, 5), "enable_configless,cloud_reg_addrs"),
        (Release(23, 2), "enable_configless,cloud_reg_addrs"),
        (Release(23, 11), "enable_configless"),
        (Release(26, 5), "enable_configless"),
    ],
)
def test_cloud_nodes_register_their_addresses_by_release(release: Release, parameters: str) -> None:
    clouds = cluster(
        release=release,
        nodes=tuple(replace(each, cloud=True, address="") for each in cluster().nodes),
        power=Power("/usr/local/sbin/slurm-nodes resume", "/usr/local/sbin/slurm-nodes suspend"),
    )
    values = slurm_parameters(clouds)
    assert values["SlurmctldParameters"] == parameters
    assert (values["SuspendTime"], values["PrivateData"]) == ("31536000", "cloud")
    assert lines(clouds, "NodeName")[0].endswith("State=CLOUD")


def test_from_23_11_on_the_daemon_writes_its_number_where_its_unit_lets_it() -> None:
    assert "SlurmctldPidFile" not in slurm_parameters(cluster())
    assert slurm_parameters(cluster(release=Release(23, 11)))["SlurmctldPidFile"] == "/run/slurmctld/slurmctld.pid"


def test_switches_make_the_topology_a_tree() -> None:
    tree = cluster(switches=(Switch("s1", nodes=("lyra01", "lyra02")),))
    assert slurm_parameters(tree)["TopologyPlugin"] == "topology/tree"
    assert "TopologyPlugin" not in slurm_parameters(cluster())


def test_an_ipv6_controller_turns_ipv6_on() -> None:
    six = cluster(machines=(Machine("lyra-hd", "fd00::1"),))
    assert slurm_parameters(six)["CommunicationParameters"] == "EnableIPv6"


def test_ten_thousand_equal_nodes_stand_in_few_lines() -> None:
    many = tuple(
        SlurmNode(f"n{i:05d}", f"10.{i // 62500}.{i // 250 % 250}.{i % 250}", 192, 2, 48, 2, 1_031_742, gpus=H100)
        for i in range(10_000)
    )
    assert slurm_conf(cluster(nodes=many)).count("NodeName=") == 40


def test_a_job_whose_prolog_fails_is_not_held_unless_the_users_own_scheduler_parameters_say_so() -> None:
    assert lines(cluster(), "SchedulerParameters") == ["SchedulerParameters=nohold_on_prolog_fail"]
    own = cluster(extra=(("SchedulerParameters", "bf_window=4320"),))
    assert lines(own, "SchedulerParameters") == ["SchedulerParameters=bf_window=4320"]
