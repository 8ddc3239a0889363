"""Shared folders: every machine has them in the same place, their server too."""

from __future__ import annotations

import pytest

from cluster_provision.settings.readers.existing.nfs import mount_of
from cluster_provision.settings.reading import BadValue
from cluster_provision.slurm.cluster import ClusterUser, Export, Share
from cluster_provision.slurm.facts import Account
from cluster_provision.slurm.plan import Block, File, Folder, Mount
from tests.unit.slurm.clusters import facts
from tests.unit.slurm.roles.outline import files
from tests.unit.slurm.roles.plans import each, plan

SERVER = "lyra-hd"


def mounts(machine: str, path: str, target: str, home: str = "/home/ubuntu") -> list[Mount]:
    """What a machine mounts of one share of the cluster's own, where the account for logins has this home."""
    here = facts(users={"ubuntu": Account(1000, 1000, home)})
    changes = {"exports": (Export(path),), "shares": (Share(SERVER, path, target),), "nfs_server": SERVER}
    return each(plan(machine, here, nfs_clients=("lyra01",), **changes), Mount)


def test_the_server_has_its_folder_where_the_others_mount_it() -> None:
    assert mounts("lyra01", "/export/shared", "/mnt/shared") == [
        Mount(f"{SERVER}:/export/shared", "/mnt/shared", "nfs", "async,vers=3")
    ]
    assert mounts(SERVER, "/export/shared", "/mnt/shared") == [
        Mount("/export/shared", "/mnt/shared", "none", "bind,_netdev")
    ]


@pytest.mark.parametrize(
    ("path", "target"),
    [
        pytest.param("/shared", "/shared", id="it is there already"),
        pytest.param("/data/shared", "/data", id="it would hide the folder itself"),
        pytest.param("/export/home", "/home", id="it would hide the home of the account for logins"),
    ],
)
def test_the_server_hides_nothing_that_it_needs(path: str, target: str) -> None:
    assert mounts(SERVER, path, target) == []


def test_the_server_has_shared_homes_in_their_place_where_its_own_account_lives_elsewhere() -> None:
    assert [mount.target for mount in mounts(SERVER, "/export/home", "/home", home="/root")] == ["/home"]


OUTSIDE = (Share("filer.example.org", "/vol/shared", "/mnt/shared"),)


def test_the_server_mounts_what_a_server_outside_shares() -> None:
    of_server = plan(SERVER, shares=OUTSIDE, exports=(Export("/export/x"),), nfs_server=SERVER, nfs_clients=(SERVER,))
    assert [mount.source for mount in each(of_server, Mount)] == ["filer.example.org:/vol/shared"]


def test_a_folder_of_a_server_outside_is_not_made_here() -> None:
    assert each(plan(SERVER, shares=OUTSIDE, exports=(Export("/export/x"),), nfs_server=SERVER), Mount) == []


def test_the_health_program_expects_shares_only_where_they_are_mounted() -> None:
    health = "/etc/cluster-provision/health.conf"
    assert "mount /mnt/shared\n" in files(plan("lyra01", shares=OUTSIDE, nfs_clients=("lyra01",)))[health].content
    assert "mount" not in files(plan("lyra02", shares=OUTSIDE, nfs_clients=("lyra01",)))[health].content


def test_a_share_over_anything_that_plans_write_is_refused() -> None:
    """But over homes and exports, which are shared on purpose."""
    users = (ClusterUser("alice", 2001, 2001, sudo=True, keys=("ssh-ed25519 A",)),)
    paths: set[str] = set()
    for machine in ("lyra-hd", "lyra01"):
        whole = plan(machine, facts(), users=users, nfs_server=SERVER, exports=(Export("/export/shared"),))
        paths |= {resource.path for resource in whole.resources if isinstance(resource, (Block, File, Folder))}
    shared = {path for path in paths if path.startswith(("/home/", "/export/", "/tmp/"))}
    for path in paths - shared:
        with pytest.raises(BadValue):
            mount_of("", "/vol/x", path, "")
