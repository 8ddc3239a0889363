"""What the tool tells the machines of a Slurm cluster on a cloud."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cluster_provision.settings.readers.slurm.packages import PackageUrl
from cluster_provision.settings.readers.slurm.partitions import Partition
from cluster_provision.settings.readers.slurm.repository import AptRepository
from cluster_provision.slurm.cloud import CloudCluster, Commands, NodeGroup, Pool, digest_of, read_cloud_cluster
from cluster_provision.slurm.cluster import ClusterUser, Monitoring, Share

GROUPS = (NodeGroup("demo-hpc-mig", ("demo-hpc-1", "demo-hpc-2"), switch=True), NodeGroup("more", ("demo-hpc-3",)))
POOL = Pool("hpc", GROUPS, 2, 96, 2, 24, 2, 1_900_000, "h100", 8, together=True, hourly=88.5, features=("fast",))
CLUSTER = CloudCluster(
    "gcp",
    "demo",
    {"project": "my-project", "zone": "us-central1-a"},
    "files/slurm/program.tar.gz",
    "demo-controller",
    ("demo-login-1",),
    (POOL,),
    (Partition("hpc", default=True, options=(("MaxTime", "60"),)),),
    extra=(("PriorityType", "priority/basic"),),
    users=(ClusterUser("ann", 20001, 20001, sudo=True, keys=("ssh-ed25519 AAAA ann",)),),
    shares=(Share("10.0.0.2", "/share", "/home"),),
    storage="filestore",
    fetched=(PackageUrl("https://packages.example.org/enroot_4.deb", "0" * 64),),
    code_cli=PackageUrl("https://packages.example.org/code", "3" * 64),
    commands=Commands(node="echo here"),
    monitoring=Monitoring(
        (PackageUrl("https://packages.example.org/dcgm_4.deb", "1" * 64),),
        PackageUrl("https://packages.example.org/grafana_13.deb", "2" * 64),
        "https://vega.example.org/write",
        ops_agent=True,
        agent=PackageUrl("https://packages.example.org/google-cloud-ops-agent_2.deb", "4" * 64),
    ),
)


def test_the_machines_read_what_the_tool_wrote() -> None:
    assert read_cloud_cluster(CLUSTER.text()) == CLUSTER


def test_what_an_earlier_description_of_monitoring_lacks_is_off() -> None:
    given = json.loads(CLUSTER.text())
    given["monitoring"] = {"gpu_packages": [], "grafana": None}
    assert read_cloud_cluster(json.dumps(given)).monitoring == Monitoring()


def test_equal_clusters_have_equal_digests_and_others_do_not() -> None:
    other = CloudCluster("gcp", "demo", CLUSTER.place, "files/slurm/program.tar.gz", "demo-controller")
    assert digest_of(CLUSTER.text()) == digest_of(read_cloud_cluster(CLUSTER.text()).text())
    assert digest_of(CLUSTER.text()) != digest_of(other.text())


def test_nodes_are_those_of_all_groups_in_order_and_the_first_ones_are_on() -> None:
    assert CLUSTER.nodes == ("demo-hpc-1", "demo-hpc-2", "demo-hpc-3")
    assert CLUSTER.first_on == ("demo-hpc-1", "demo-hpc-2")


def test_the_path_of_a_key_on_the_tools_machine_stays_there() -> None:
    repository = AptRepository("https://example.org/slurm", "noble", ("main",), Path("/keys/slurm.asc"), "the key")
    text = CloudCluster("gcp", "demo", {}, "p", "demo-controller", repository=repository).text()
    assert "/keys" not in text
    read = read_cloud_cluster(text).repository
    assert read is not None
    assert (read.key, read.components, read.key_file) == ("the key", ("main",), None)


@pytest.mark.parametrize("change", [{"schema": 2}, {"pools": None}, {"strange": 1}])
def test_another_form_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"files/slurm/cluster\.json"):
        read_cloud_cluster(json.dumps({**json.loads(CLUSTER.text()), **change}))
