"""Logins between the machines: the cluster's own key, and known hosts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cluster_provision.slurm.cluster import Machine, Secrets, Share
from cluster_provision.slurm.facts import Account
from cluster_provision.slurm.plan import Block
from cluster_provision.slurm.roles import plan_of
from tests.unit.slurm.clusters import SECRETS, cluster, facts
from tests.unit.slurm.roles.outline import files, outline
from tests.unit.slurm.roles.plans import command, each, plan

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
    begin = text.splitlines().index("Host lyra-hd lyra01 lyra02 lyra03 lyra04") + 1
    keys_in_order = [line.split("/")[-1] for line in text.splitlines()[begin : begin + 4]]
    assert keys_in_order == ["id_lyra", "id_ed25519", "id_ecdsa", "id_rsa"]


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


# users, whose keys nobody makes

KNOWN = tuple(replace(each, host_keys=("ssh-ed25519 A",)) for each in cluster().machines)
SERVER = "/etc/ssh/sshd_config.d/cluster-provision.conf"
BELIEVED = "/etc/ssh/shosts.equiv"


def test_a_node_believes_every_machine_of_the_cluster_who_asks() -> None:
    here = plan(machines=KNOWN)
    assert "HostbasedAuthentication yes" in files(here)[SERVER].content.splitlines()
    assert "IgnoreUserKnownHosts yes" in files(here)[SERVER].content.splitlines()
    assert lines(here, BELIEVED)[:4] == ("10.30.0.1", "lyra-hd", "10.30.0.11", "lyra01")


def test_the_controller_believes_nobody() -> None:
    assert SERVER not in files(plan("lyra-hd", machines=KNOWN))
    assert lines(plan("lyra-hd", machines=KNOWN), BELIEVED) == ()


def test_machines_whose_host_keys_nobody_knows_are_not_believed() -> None:
    assert SERVER not in files(plan())


def test_users_are_vouched_for_on_the_way_to_nodes_alone() -> None:
    text = files(plan("lyra-hd", machines=KNOWN))["/etc/ssh/ssh_config.d/cluster-provision.conf"].content
    told = text.splitlines()
    assert told.index("EnableSSHKeysign yes") < told.index("Host lyra-hd lyra01 lyra02 lyra03 lyra04")
    assert told[-2:] == ["Host lyra01 lyra02 lyra03 lyra04", "    HostbasedAuthentication yes"]


def test_sshd_reads_again_after_its_file_and_once_more_when_that_is_given_back() -> None:
    order = outline(plan(machines=KNOWN))
    before, file, after = (
        order.index(each)
        for each in (
            "command sshd, once its file is given back",
            f"file {SERVER}",
            "command sshd, with its file",
        )
    )
    assert before < file < after
    assert command(plan(machines=KNOWN), "sshd, with its file").reads == (SERVER,)


def test_sshd_is_told_nothing_where_its_configuration_is_bad() -> None:
    undo = command(plan(machines=KNOWN), "sshd, once its file is given back").undo
    assert undo[2].startswith("sshd -t && ")
