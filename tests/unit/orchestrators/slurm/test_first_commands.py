"""What Create shows of a Slurm cluster at its end is what is there now, and can be typed as it stands."""

from __future__ import annotations

import pytest

from cluster_provision.orchestrators.slurm.first_commands import slurm_part
from tests.unit.settings.slurm.clouds import settings

ON = ["vega-controller", "vega-hpc-1", "vega-hpc-2", "vega-hpc-3"]


def text(machines: list[str], **given: str) -> str:
    return slurm_part(settings("gcp", **{"INSTANCE_COUNT": "2", **given}), machines).text


def test_all_nodes_are_named_and_those_that_are_on_are_counted() -> None:
    told = text(ON, MAX_NODES="8")
    assert "Slurm's nodes are vega-hpc-[1-8], of which 3 are on." in told
    assert "srun --nodes=3 hostname" in told


@pytest.mark.parametrize(("count", "name"), [("0", "vega-controller"), ("2", "vega-login-1")])
def test_users_log_in_to_the_first_login_node_or_the_controller(count: str, name: str) -> None:
    assert f"Users log in to {name}:\n  sinfo" in text(ON, LOGIN_COUNT=count)


def test_the_job_is_one_of_the_default_partition() -> None:
    two = "hpc:Nodes=4,On=2;big:Nodes=4,On=1,MachineType=n2-standard-32,Default=YES"
    assert "srun --nodes=1 hostname" in text([*ON, "vega-big-1"], INSTANCE_COUNT="", PARTITIONS=two)


def test_with_suspend_time_nodes_need_no_word_of_a_persons() -> None:
    assert "Resume" not in text(ON, SUSPEND_TIME="600")
    assert "`Resume <nodes>`" in text(ON)
