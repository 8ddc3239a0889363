"""Slurm's packages by either packager's names, and the examples of jobs."""

from __future__ import annotations

import pytest

from cluster_provision.settings.readers.slurm.repository import AptRepository
from cluster_provision.slurm.cluster import Export, Machine, Share
from cluster_provision.slurm.package_names import DEBIAN, SCHEDMD, names_in
from cluster_provision.slurm.release import Release
from cluster_provision.slurm.roles.for_users.samples import samples_folder
from cluster_provision.slurm.shares import shares_on
from tests.unit.slurm.clusters import cluster
from tests.unit.slurm.roles.outline import files, outline, packages
from tests.unit.slurm.roles.plans import command, plan

REPOSITORY = AptRepository("https://packages.example.org/slurm", "noble", ("main",), None, "KEY TEXT")
SHARED = {
    "exports": (Export("/export/shared"),),
    "shares": (Share("lyra-hd", "/export/shared", "/mnt/shared"),),
    "nfs_server": "lyra-hd",
}
SOURCES = "/etc/apt/sources.list.d/cluster-provision.sources"


def test_schedmds_packages_have_their_own_names() -> None:
    apart = (*cluster().machines, Machine("lyra-lg", "10.30.0.2"))
    changes = {"packages": SCHEDMD, "release": Release(25, 11), "machines": apart, "logins": ("lyra-lg",)}
    assert {"slurm-smd-slurmctld", "slurm-smd-slurmdbd", "slurm-smd-client"} <= packages(plan("lyra-hd", **changes))
    assert {"slurm-smd-slurmd", "slurm-smd-libpam-slurm-adopt"} <= packages(plan(**changes))
    assert {"slurm-smd-client", "slurm-smd-sackd"} <= packages(plan("lyra-lg", **changes))


def test_a_repository_is_there_before_any_package_and_its_lists_are_fetched_when_it_changes() -> None:
    here = plan(repository=REPOSITORY)
    order = outline(here)
    assert order.index("command fetch apt's lists") < min(
        order.index(line) for line in order if line.startswith("packages")
    )
    assert command(here, "fetch apt's lists").reads == (SOURCES, "/etc/apt/keyrings/cluster-provision.asc")


def test_a_repository_is_written_with_its_key() -> None:
    here = files(plan(repository=REPOSITORY))
    assert here["/etc/apt/keyrings/cluster-provision.asc"].content == "KEY TEXT"
    assert here[SOURCES].content.splitlines()[1:] == [
        "Types: deb",
        "URIs: https://packages.example.org/slurm",
        "Suites: noble",
        "Components: main",
        "Signed-By: /etc/apt/keyrings/cluster-provision.asc",
    ]


def test_a_repository_without_a_key_is_trusted_as_the_user_said() -> None:
    bare = AptRepository("https://packages.example.org/slurm", "./", (), None)
    lines = files(plan(repository=bare))[SOURCES].content.splitlines()
    assert lines[-1] == "Trusted: yes"
    assert not any(line.startswith("Components") for line in lines)


INDEX = (
    "Package: slurm-smd-slurmd\nVersion: 24.11.5-1\nDescription: x\n y: z\n\n"
    "Package: slurm-smd-slurmd\nVersion: 25.11.2-1\n\nPackage: slurmd\nVersion: 21.08.5-2ubuntu1\n"
)


@pytest.mark.parametrize(
    ("index", "found"),
    [
        (INDEX, (SCHEDMD, Release(25, 11))),
        ("Package: slurmd\nVersion: 23.11.4-1.2ubuntu5\n", (DEBIAN, Release(23, 11))),
        ("Package: munge\nVersion: 0.5.15\n", None),
        ("", None),
    ],
)
def test_a_repositorys_list_tells_whose_packages_it_has_and_of_which_release(index: str, found: object) -> None:
    assert names_in(index) == found


def test_examples_lie_in_the_clusters_own_share_and_its_server_writes_them() -> None:
    assert samples_folder(cluster(**SHARED)) == "/mnt/shared/slurm-examples"
    assert "/export/shared/slurm-examples/single-node.sh" in files(plan("lyra-hd", **SHARED))
    assert not any("slurm-examples" in path for path in files(plan(**SHARED)))


def test_on_a_clouds_file_server_the_controller_writes_them_where_the_cyclecloud_cluster_had_them() -> None:
    outside = {"shares": shares_on("10.0.18.4", "/vol"), "nfs_clients": ("lyra-hd", "lyra01")}
    assert "/shared/examples/nccl-one-node.sh" in files(plan("lyra-hd", **outside))
    assert not any("/examples/" in path for path in files(plan("lyra01", **outside)))
    assert "Examples: /shared/examples\n" in files(plan("lyra-hd", **outside))["/etc/motd.d/cluster-provision"].content


@pytest.mark.parametrize("machine", ["lyra-hd", "lyra01"])
def test_without_a_share_of_its_own_every_machine_has_the_examples(machine: str) -> None:
    outside = {"shares": (Share("filer.example.org", "/vol", "/data"),)}
    here = files(plan(machine, **outside))
    assert here["/usr/local/share/slurm-examples/multi-node.sh"].mode == "0755"
    assert here["/usr/local/share/slurm-examples/README"].mode == "0644"


def test_there_is_an_example_of_each_kind() -> None:
    names = {path.rpartition("/")[2] for path in files(plan()) if "slurm-examples" in path}
    nccl = {f"nccl-{each}.sh" for each in ("settings", "one-node", "multi-node", "container")}
    assert names == {"single-node.sh", "multi-node.sh", "container.sh", "README", *nccl}


def test_slurms_packages_come_from_the_repository_even_where_the_distributions_are_newer() -> None:
    lines = files(plan(repository=REPOSITORY))["/etc/apt/preferences.d/cluster-provision"].content.splitlines()
    assert lines[1].startswith("Package: slurm* libslurm*")
    assert lines[2:] == ["Pin: origin packages.example.org", "Pin-Priority: 900"]


def test_only_the_repositorys_own_lists_are_fetched_and_they_are_forgotten_once_it_is_gone() -> None:
    here = plan(repository=REPOSITORY)
    assert {f"Dir::Etc::SourceList={SOURCES}", "Dir::Etc::SourceParts=-"} <= {*command(here, "fetch apt's lists").argv}
    order = outline(here)
    assert order.index("command forget apt's lists") < order.index(f"file {SOURCES}")
    assert "apt-get -q update" in command(here, "forget apt's lists").undo[-1]
