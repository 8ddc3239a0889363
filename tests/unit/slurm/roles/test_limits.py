"""Locked memory for RDMA, shared memory that outlives a login, and memory cgroups."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cluster_provision.slurm.plan import Command
from cluster_provision.slurm.roles.limits import lacks_memory_cgroups, needs_restart
from tests.unit.slurm.clusters import facts
from tests.unit.slurm.roles.outline import files
from tests.unit.slurm.roles.plans import each, plan

GRUB = "/etc/default/grub.d/90-cluster-provision.cfg"
LACKING = facts(cgroup="v1", cgroup_controllers=("cpuset", "cpu"), programs={"update-grub": "/usr/sbin/update-grub"})


@pytest.mark.parametrize("machine", ["lyra-hd", "lyra01"])
def test_memory_may_be_locked_on_every_machine(machine: str) -> None:
    assert (
        "* hard memlock unlimited" in files(plan(machine))["/etc/security/limits.d/90-cluster-provision.conf"].content
    )


def test_the_end_of_a_login_leaves_a_jobs_shared_memory_alone() -> None:
    path = "/etc/systemd/logind.conf.d/cluster-provision.conf"
    assert "RemoveIPC=no" in files(plan())[path].content
    assert [c.reads for c in each(plan(), Command) if c.name.startswith("logind")] == [(path,)]


def test_a_kernel_without_memory_cgroups_gets_them_at_its_next_start() -> None:
    assert "cgroup_enable=memory swapaccount=1" in files(plan(here=LACKING))[GRUB].content


def test_they_stay_once_the_kernel_was_started_with_them() -> None:
    started = facts(
        cgroup_controllers=("cpuset", "memory"),
        command_line="ro cgroup_enable=memory swapaccount=1",
        programs={"update-grub": "/usr/sbin/update-grub"},
    )
    assert GRUB in files(plan(here=started))


@pytest.mark.parametrize(
    "here",
    [
        facts(cgroup_controllers=("cpuset", "memory"), programs={"update-grub": "/usr/sbin/update-grub"}),
        facts(cgroup_controllers=("cpuset",), container="docker", programs={"update-grub": "/usr/sbin/update-grub"}),
        facts(cgroup_controllers=("cpuset",)),
        facts(),
    ],
)
def test_kernels_that_have_them_or_that_are_not_ours_keep_their_arguments(here: object) -> None:
    assert GRUB not in files(plan(here=here))  # type: ignore[arg-type]


def test_unknown_controllers_are_not_taken_for_none() -> None:
    assert not lacks_memory_cgroups(facts())
    assert lacks_memory_cgroups(LACKING)


def test_a_machine_is_not_restarted_again_for_arguments_that_its_kernel_has_already() -> None:
    assert needs_restart(LACKING)
    assert not needs_restart(replace(LACKING, command_line="ro cgroup_enable=memory swapaccount=1"))
