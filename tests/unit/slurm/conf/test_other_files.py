"""gres.conf, cgroup.conf, slurmdbd.conf, topology.conf and plugstack.conf."""

from __future__ import annotations

import pytest

from cluster_provision.slurm.cluster import Gpus, Machine, Switch
from cluster_provision.slurm.conf.cgroup_conf import cgroup_conf
from cluster_provision.slurm.conf.gres_conf import gres_conf
from cluster_provision.slurm.conf.plugstack_conf import plugstack_conf
from cluster_provision.slurm.conf.slurm_conf import slurm_conf
from cluster_provision.slurm.conf.slurmdbd_conf import slurmdbd_conf
from cluster_provision.slurm.conf.topology_conf import topology_conf
from cluster_provision.slurm.release import Release
from tests.unit.slurm.clusters import H100, RELEASES, SECRETS, cluster, node


def body(text: str) -> list[str]:
    return text.splitlines()[1:]


def test_equal_gpus_of_many_nodes_are_one_line() -> None:
    assert body(gres_conf(cluster())) == [
        "AutoDetect=off",
        "NodeName=lyra[01-04] Name=gpu Type=h100 File=/dev/nvidia[0-7]",
    ]


def test_a_lost_card_leaves_a_gap_in_the_files() -> None:
    seven = (Gpus("h100", tuple(f"/dev/nvidia{i}" for i in (0, 1, 2, 4, 5, 6, 7))),)
    assert body(gres_conf(cluster(nodes=(node(1, gpus=H100), node(2, gpus=seven)))))[1:] == [
        "NodeName=lyra01 Name=gpu Type=h100 File=/dev/nvidia[0-7]",
        "NodeName=lyra02 Name=gpu Type=h100 File=/dev/nvidia[0-2,4-7]",
    ]


def test_a_mig_device_has_a_line_of_its_own_with_all_its_files() -> None:
    slice_ = "/dev/nvidia2,/dev/nvidia-caps/nvidia-cap12,/dev/nvidia-caps/nvidia-cap13"
    mig = (Gpus("h100_4g.40gb", (slice_,)),)
    assert body(gres_conf(cluster(nodes=(node(1, gpus=mig),))))[1:] == [
        f"NodeName=lyra01 Name=gpu Type=h100_4g.40gb MultipleFiles={slice_}"
    ]


def test_there_is_no_gres_conf_without_gpus() -> None:
    assert gres_conf(cluster(nodes=(node(1),))) == ""


@pytest.mark.parametrize("release", RELEASES)
def test_jobs_are_kept_to_cores_memory_and_devices_on_every_release(release: Release) -> None:
    assert body(cgroup_conf(cluster(release=release))) == [
        "ConstrainCores=yes",
        "ConstrainDevices=yes",
        "ConstrainRAMSpace=yes",
    ]


NO_CGROUPS = (
    ("ProctrackType", "proctrack/linuxproc"),
    ("TaskPlugin", "task/none"),
    ("JobAcctGatherType", "jobacct_gather/none"),
)


@pytest.mark.parametrize(
    ("release", "first"),
    [(Release(22, 5), "ConstrainCores=yes"), (Release(24, 5), "CgroupPlugin=disabled")],
)
def test_where_no_plug_in_needs_cgroups_they_are_off_if_the_release_can(release: Release, first: str) -> None:
    assert body(cgroup_conf(cluster(release=release, extra=NO_CGROUPS)))[0] == first


def test_the_users_cgroup_key_replaces_ours() -> None:
    own = cluster(cgroup_extra=(("constrainRAMSpace", "no"), ("AllowedRAMSpace", "98")))
    assert body(cgroup_conf(own))[2:] == ["ConstrainRAMSpace=no", "AllowedRAMSpace=98"]


@pytest.mark.parametrize(
    ("release", "file"),
    [(Release(22, 5), "/run/slurmdbd.pid"), (Release(24, 11), "/run/slurmdbd/slurmdbd.pid")],
)
def test_the_accounting_daemon_has_the_database_beside_it(release: Release, file: str) -> None:
    lines = body(slurmdbd_conf(cluster(release=release), SECRETS))
    assert {"DbdHost=lyra-hd", "StorageHost=localhost", "StoragePass=canary-database", f"PidFile={file}"} <= set(lines)


def test_a_controller_that_keeps_its_own_name_is_named_by_it_where_its_daemons_look() -> None:
    machines = (Machine("lyra-hd", "10.30.0.1", own_name="mgr7"), *cluster().machines[1:])
    named = cluster(machines=machines)
    assert {"DbdHost=mgr7", "DbdAddr=lyra-hd"} <= set(body(slurmdbd_conf(named, SECRETS)))
    assert {"SlurmctldHost=mgr7(10.30.0.1)", "AccountingStorageHost=lyra-hd"} <= set(body(slurm_conf(named)))


def test_switches_name_their_nodes_or_the_switches_below() -> None:
    tree = (Switch("s1", nodes=("lyra01", "lyra02")), Switch("top", switches=("s1", "s2")))
    assert body(topology_conf(cluster(switches=tree))) == [
        "SwitchName=s1 Nodes=lyra[01-02]",
        "SwitchName=top Switches=s[1-2]",
    ]
    assert topology_conf(cluster()) == ""


def test_plug_ins_are_listed_without_the_packages_pattern() -> None:
    line = "required /usr/lib/x86_64-linux-gnu/slurm/spank_pyxis.so"
    assert body(plugstack_conf(cluster(plugstack=(line,)))) == [line]
    assert plugstack_conf(cluster()) == ""
