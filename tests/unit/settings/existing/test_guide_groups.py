"""The guide's groups: who takes which part, and what is said of the others."""

from __future__ import annotations

import pytest

LEAST = "[slurm-master]\nm1\n[slurm-node]\nn1\nn2\n"


def parts(loaded):
    s = loaded.settings
    return s.controller, s.login_nodes, s.nfs_server, s.compute, s.nfs_clients


def test_two_groups_are_enough(guide):
    assert parts(guide(LEAST)) == ("m1", ("m1",), "m1", ("n1", "n2"), ("n1", "n2"))


def test_dash_and_underscore_are_the_same(guide):
    assert parts(guide(LEAST.replace("-", "_"))) == parts(guide(LEAST))


def test_both_forms_of_one_group_are_one_and_said(guide):
    loaded = guide(LEAST + "[slurm_node]\nn3\nn2\n")
    assert loaded.settings.compute == ("n1", "n2", "n3")
    assert any("slurm-node and slurm_node are one group for this tool" in note for note in loaded.notes)


@pytest.mark.parametrize("server", ["slurm-nfs", "nfs-server", "nfs_server"])
@pytest.mark.parametrize("clients", ["slurm-nfs-client", "nfs-clients", "slurm_nfs_client"])
def test_the_groups_of_nfs_have_two_names_each(guide, server, clients):
    loaded = guide(f"{LEAST}[{server}]\nf1\n[{clients}]\nn2\n")
    assert (loaded.settings.nfs_server, loaded.settings.nfs_clients) == ("f1", ("n2",))
    assert [machine.name for machine in loaded.settings.machines] == ["m1", "f1", "n1", "n2"]


def test_a_controller_that_is_a_node_too_is_both(guide):
    loaded = guide("[slurm-master]\nn1\n[slurm-node]\nn1\nn2\n")
    assert parts(loaded)[0] == "n1" and parts(loaded)[3] == ("n1", "n2")


def test_hosts_that_would_only_mount_are_named_and_left_alone(guide):
    loaded = guide(f"{LEAST}[nfs-clients]\nn1\nother\n")
    assert loaded.settings.nfs_clients == ("n1",)
    assert "other" not in {machine.name for machine in loaded.settings.machines}
    assert any("take no part in Slurm aren't set up: other" in note for note in loaded.notes)


def test_further_masters_and_nfs_servers_are_named(guide):
    notes = "\n".join(guide("[slurm-master]\nm1\nm2\n[slurm-node]\nn1\n[slurm-nfs]\nf1\nf2\n").notes)
    assert "the tool sets up one controller, m1, and not the others: m2" in notes
    assert "f1 is the NFS server, not f2" in notes


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("[slurm-master]\nm1\n", "no host in slurm-node; groups in the file: slurm-master"),
        ("[slurm-node]\nm1\n", "no host in slurm-master; groups in the file: slurm-node"),
        ("[slurm-master]\n[slurm-node]\nn1\n", "no host in slurm-master"),
        ("m1\n", "no host in slurm-master and none in slurm-node; the file has no group"),
        ("", "no host in slurm-master and none in slurm-node; the file has no group"),
        ("[slurm-masters]\nm1\n[slurm-nodes]\nn1\n", "(slurm-masters for slurm-master, slurm-nodes for slurm-node?)"),
        (
            "[slurm_controller]\nm1\n[slurm_workers]\nn1\n",
            "slurm_controller for slurm-master, slurm_workers for slurm-node",
        ),
        ("[control]\nm1\n[compute]\nn1\n", "(control for slurm-master, compute for slurm-node?)"),
    ],
)
def test_without_a_controller_or_nodes_there_is_no_cluster(refused, text, missing):
    (problem,) = refused(text or "\n")
    assert missing in problem and "NODES and CONTROLLER" in problem


def test_a_group_that_may_be_meant_for_one_that_is_read_is_pointed_out(guide):
    notes = "\n".join(guide(LEAST + "[slurm_submit]\nl1\n").notes)
    assert "the group slurm_submit isn't read; is slurm-login meant?" in notes


@pytest.mark.parametrize(
    ("server", "clients", "expected"),
    [
        ("slurm-master[0]", "slurm-master[1:],slurm-node", ("m1", ("n1", "n2"))),
        ("slurm-node[1]", "slurm-node", ("n2", ("n1",))),
        ("slurm_node[-1]", "slurm-master,slurm-node[0:0]", ("n2", ("m1", "n1"))),
        ("m1", "n1", ("m1", ("n1",))),
    ],
)
def test_patterns_of_hosts_name_the_nfs_server_and_its_clients(guide, server, clients, expected):
    variables = f"nfs_server_group: '{server}'\nnfs_client_group: '{clients}'\n"
    settings = guide(LEAST, beside={"group_vars/all.yml": variables}).settings
    assert (settings.nfs_server, settings.nfs_clients) == expected


@pytest.mark.parametrize(
    ("variable", "reason"),
    [("nfs_server_group: nowhere\n", "names no host"), ("nfs_client_group: 'a:!b'\n", "isn't worked out")],
)
def test_patterns_that_name_nobody_are_refused(refused, variable, reason):
    (problem,) = refused(LEAST, beside={"group_vars/all.yml": variable})
    assert reason in problem


def test_the_variable_for_the_nfs_server_beats_the_group_as_in_deepops(guide):
    loaded = guide(LEAST + "[slurm-nfs]\nf1\n[all:vars]\nnfs_server_group=slurm-master[0]\n")
    assert loaded.settings.nfs_server == "m1"
    assert any("names m1 as the NFS server, and not the group's f1" in note for note in loaded.notes)
