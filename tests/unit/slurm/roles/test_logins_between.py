"""Logins between the machines: the cluster's own key, and known hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cluster_provision.slurm.cluster import Machine, Secrets, Share
from cluster_provision.slurm.facts import Account
from cluster_provision.slurm.plan import Block
from cluster_provision.slurm.roles import plan_of
from tests.unit.slurm.clusters import SECRETS, cluster, facts
from tests.unit.slurm.roles.outline import files
from tests.unit.slurm.roles.plans import each, plan

if TYPE_CHECKING:
    from cluster_provision.slurm.plan import Plan

HERE = facts(users={"ubuntu": Account(1000, 1000, "/home/ubuntu", "/bin/bash")}, groups={"people": 1000})
KEY = "/home/ubuntu/.ssh/id_lyra"


def keys(of: Plan) -> set[str]:
    return {path for path in files(of) if path.endswith("/.ssh/id_lyra")}


def lines(of: Plan, path: str) -> tuple[str, ...]:
    return next((block.lines for block in each(of, Block) if block.path == path), ())


def test_the_account_by_which_we_come_has_the_clusters_key_on_every_machine() -> None:
    here = plan(here=HERE)
    file = files(here)[KEY]
    assert (file.mode, file.owner, file.group, file.secret) == ("0600", "ubuntu", "people", True)
    assert lines(here, "/home/ubuntu/.ssh/authorized_keys") == ("ssh-ed25519 AAAA lyra lyra",)


def test_ssh_tries_the_clusters_key_first_and_the_usual_ones_after_it() -> None:
    text = files(plan(here=HERE))["/etc/ssh/ssh_config.d/cluster-provision.conf"].content
    assert text.splitlines()[1] == "Host lyra-hd lyra01 lyra02 lyra03 lyra04"
    assert [line.split("/")[-1] for line in text.splitlines()[2:]] == ["id_lyra", "id_ed25519", "id_ecdsa", "id_rsa"]


def test_everybody_knows_the_machines_keys() -> None:
    known = (Machine("lyra-hd", "10.30.0.1", ("head",), ("ssh-ed25519 A", "ssh-rsa B")), Machine("lyra01", "lyra01"))
    assert lines(plan(machines=known), "/etc/ssh/ssh_known_hosts") == (
        "lyra-hd,head,10.30.0.1 ssh-ed25519 A",
        "lyra-hd,head,10.30.0.1 ssh-rsa B",
    )


@pytest.mark.parametrize(
    ("share", "machine", "paths"),
    [
        (Share("lyra-hd", "/home", "/home"), "lyra01", set()),
        (Share("lyra-hd", "/home", "/home"), "lyra-hd", {KEY}),
        (Share("lyra-hd", "/export/home", "/home"), "lyra-hd", {KEY, "/export/home/ubuntu/.ssh/id_lyra"}),
        (Share("filer.example.org", "/vol/home", "/home"), "lyra01", set()),
        (Share("filer.example.org", "/vol/home", "/home"), "lyra-hd", {KEY}),
        (Share("lyra-hd", "/data", "/data"), "lyra01", {KEY}),
        (Share("lyra-hd", "/home2", "/home2"), "lyra01", {KEY}),
    ],
)
def test_a_shared_home_is_written_by_one_machine(share: Share, machine: str, paths: set[str]) -> None:
    assert keys(plan(machine, HERE, shares=(share,), nfs_server="lyra-hd")) == paths


def test_an_account_that_is_not_there_gets_no_key() -> None:
    assert keys(plan()) == set()


def test_without_a_key_of_the_clusters_nothing_is_written() -> None:
    bare = Secrets(SECRETS.munge_key, SECRETS.database_password)
    assert keys(plan_of(cluster(), "lyra01", HERE, bare)) == set()
