"""Names that other tools have for Slurm's parameters on a cloud, and ours written wrong."""

from __future__ import annotations

import pytest

from cluster_provision.settings import load
from tests.unit.settings.slurm.clouds import CLOUDS, ENVIRONMENTS, loaded, problems


@pytest.fixture(params=CLOUDS)
def cloud(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize(
    ("name", "text", "ours"),
    [
        ("node_count_dynamic_max", "8", "MAX_NODES"),
        ("MAX_COUNT", "8", "MAX_NODES"),
        ("MAX_NODE_COUNT", "8", "MAX_NODES"),
        ("node_count_static", "3", "INSTANCE_COUNT"),
    ],
)
def test_another_tools_word_for_how_many_is_an_error_with_the_line_to_write(
    cloud: str, name: str, text: str, ours: str
) -> None:
    (problem,) = problems(cloud, **{name: text})
    assert problem.startswith(f"{name}={text} is no parameter") and f"write {ours}={text}" in problem


@pytest.mark.parametrize(
    ("name", "text", "ours"),
    [
        ("LOGIN_NODE_COUNT", "2", "LOGIN_COUNT"),
        ("NumberLoginNodes", "3", "LOGIN_COUNT"),
        ("SLURM_CONF", "/etc/slurm/slurm.conf", "SLURM_CONF_EXTRA"),
        ("QUEUES", "a", "PARTITIONS"),
        ("SLURM_USERS", "alice", "USERS_FILE"),
        ("CONTROLLER_STARTUP_SCRIPT", "x.sh", "NODE_COMMAND_CONTROLLER"),
        ("DATA_DISK_SIZE", "100", "DATA_DISK_GB"),
        ("SCALE_DOWN_IDLE_TIME", "10", "SUSPEND_TIME"),
    ],
)
def test_another_tools_word_for_less_is_pointed_out(cloud: str, name: str, text: str, ours: str) -> None:
    assert f"{name} is no parameter of this tool; {ours} is" in loaded(cloud, **{name: text}).notes


@pytest.mark.parametrize(
    ("cloud", "name", "ours"),
    [
        ("gcp", "CONTROLLER_MACHINE_TYPE", "CONTROLLER_TYPE"),
        ("azure", "schedulerMachineType", "CONTROLLER_SKU"),
        ("gcp", "LOGIN_MACHINE_TYPE", "LOGIN_TYPE"),
        ("azure", "loginMachineType", "LOGIN_SKU"),
        ("azure", "MAX_SCALESET_SIZE", "HPC_MAX_NUM_VMS"),
    ],
)
def test_each_clouds_own_name_is_the_one_that_is_told(cloud: str, name: str, ours: str) -> None:
    assert f"{name} is no parameter of this tool; {ours} is" in loaded(cloud, **{name: "x"}).notes


@pytest.mark.parametrize(
    ("name", "text", "stake"),
    [
        ("MAX_NODE", "8", "no more nodes than INSTANCE_COUNT"),
        ("SUSPENDTIME", "600", "nodes would stay on, and cost money"),
        ("PARTITION", "hpc:Nodes=4", "the cluster would have one partition"),
    ],
)
def test_a_name_written_wrong_on_which_money_hangs_stops_the_run(cloud: str, name: str, text: str, stake: str) -> None:
    (problem,) = problems(cloud, **{name: text})
    assert problem.startswith(f"{name} is no parameter") and stake in problem


@pytest.mark.parametrize("name", ["MAX_NODE", "SUSPENDTIME", "PARTITION", "LOGIN_COUNTS"])
def test_without_slurm_such_a_name_is_left_in_peace(cloud: str, name: str) -> None:
    found = load({**ENVIRONMENTS[cloud], "NAME_PREFIX": "vega", name: "8"}, "Create")
    assert not any(name in note for note in found.notes)
