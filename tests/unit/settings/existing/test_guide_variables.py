"""Shares, users and numbers in an inventory's variables."""

from __future__ import annotations

import pytest

from cluster_provision.settings import NfsExport, NfsMount

HOSTS = "[slurm-master]\nm1 ansible_host=10.0.0.1\n[slurm-node]\nn1\nn2\n"
EXPORT = "nfs_exports:\n  - {path: /export, options: '*(rw)'}\n"


def of_all(text: str) -> dict[str, str]:
    return {"group_vars/all.yml": f"{text}\n"}


@pytest.mark.parametrize(
    "server", ["m1", "10.0.0.1", "M1", "ops@10.0.0.1", '{{ groups["slurm-master"][0] }}', "{{ server_of_all }}"]
)
def test_a_mounts_server_is_the_clusters_machine_by_whatever_name(guide, server):
    text = f"server_of_all: m1\nnfs_mounts:\n  - {{mountpoint: /mnt/x, path: /export, server: '{server}'}}\n"
    loaded = guide(HOSTS, beside=of_all(text))
    assert loaded.settings.nfs_mounts == (NfsMount("/mnt/x", "m1", "/export", "defaults"),)
    assert loaded.settings.nfs_clients == ("n1", "n2")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "nfs_exports: [{path: '{{ nowhere }}', options: '*(rw)'}]",
            "nfs_exports can't be worked out: it needs nowhere",
        ),
        ("nfs_exports: [{path: /e, options: '* (rw)'}]", "has a blank before (rw)"),
        ("nfs_exports: [{path: /e, options: '*(rw);reboot'}]", "which is no client as in exports(5)"),
        ("nfs_exports: [{path: e, options: '*(rw)'}]", "is not an absolute path"),
        ("nfs_exports: [{path: '/e f', options: '*(rw)'}]", "is not a valid path"),
        ("nfs_exports: [{path: /etc, options: '*(rw)'}]", "holds the machine's own files"),
        ("nfs_exports: [{path: /e}]", "has no clients"),
        ("nfs_exports: [{options: '*(rw)'}]", "has no path"),
        ("nfs_exports: /e", "is no list of maps"),
        ("nfs_exports: [/e]", "entry 1 is no map"),
        ("nfs_exports: !vault x", "encrypted with ansible-vault"),
        ("nfs_mounts: [{mountpoint: /m, path: /e}]", "has no server"),
        ("nfs_mounts: [{mountpoint: /usr, server: m1, path: /e}]", "would hide what the machine runs on"),
        ("nfs_mounts: [{mountpoint: /m, server: 'a b', path: /e}]", "neither an IP address nor a host's name"),
        ("nfs_mounts: [{mountpoint: /m, server: m1, path: /e, options: 'a b'}]", "words separated by commas"),
        (
            "nfs_mounts: [{mountpoint: /m, server: '{{ groups[\"x\"][0] }}', path: /e}]",
            "nfs_mounts can't be worked out",
        ),
        ("slurm_user_uid: many", "slurm_user_uid=many is no user's number"),
        ("slurm_user_uid: 0", "slurm_user_uid=0 is no user's number"),
        ("slurm_allow_ssh_user: ['a b']", "slurm_allow_ssh_user: a b is not a Linux user's name"),
        ("slurm_allow_ssh_user: ['{{ nowhere }}']", "slurm_allow_ssh_user can't be worked out"),
    ],
)
def test_what_cant_be_taken_is_refused_with_its_line(refused, text, reason):
    found = refused(HOSTS, beside=of_all(text))
    assert [problem for problem in found if "group_vars/all.yml, line 1: " in problem and reason in problem]
    assert len(found) == 1


def test_clients_that_mount_differently_are_refused(refused):
    beside = {"host_vars/n2.yml": "nfs_mounts:\n  - {mountpoint: /m, server: m1, path: /e}\n"}
    (problem,) = refused(HOSTS, beside=beside)
    assert "nfs_mounts of n1 and of n2 differ" in problem


def test_what_a_share_says_beside_is_named(guide):
    loaded = guide(HOSTS, beside=of_all("nfs_exports: [{path: /e, options: '*(rw)', owner: me}]"))
    assert any("nfs_exports, entry 1: owner has no meaning here" in note for note in loaded.notes)


def test_shares_that_are_switched_off_are_not_made(guide):
    text = f"{EXPORT}nfs_mounts: [{{mountpoint: /m, server: m1, path: /e}}]\n"
    switches = "slurm_enable_nfs_server: false\nslurm_enable_nfs_client_nodes: no\n"
    loaded = guide(HOSTS, beside=of_all(text + switches))
    assert loaded.settings.nfs_exports == loaded.settings.nfs_mounts == ()
    notes = "\n".join(loaded.notes)
    assert "nothing is shared" in notes and "nothing is mounted" in notes


def test_parameters_beat_the_inventory_and_it_is_said(guide):
    text = f"{EXPORT}slurm_user_uid: 300\nslurm_allow_ssh_user: [a]\ndeepops_set_hostname: false\n"
    loaded = guide(
        HOSTS,
        beside=of_all(text),
        NFS_EXPORTS="/own:*(ro)",
        SLURM_USER_UID="400",
        SSH_EXCEPTIONS="b",
        SET_HOSTNAME="yes",
    )
    settings = loaded.settings
    assert settings.nfs_exports == (NfsExport("/own", "*(ro)"),)
    assert (settings.slurm_user_uid, settings.ssh_exceptions, settings.set_hostname) == (400, ("b",), True)
    for parameter in ("NFS_EXPORTS", "SLURM_USER_UID", "SSH_EXCEPTIONS", "SET_HOSTNAME"):
        assert [note for note in loaded.notes if f"has no effect, since {parameter} is set" in note]


def test_exceptions_are_those_of_all_nodes(guide):
    beside = {
        "host_vars/n1": "slurm_allow_ssh_user: [a, '{{ ansible_user }}']\nansible_user: u1\n",
        "host_vars/n2": "slurm_allow_ssh_user: b\n",
    }
    assert guide(HOSTS, beside=beside).settings.ssh_exceptions == ("a", "u1", "b")


def test_a_variable_that_another_needs_is_not_named_as_ignored(guide):
    loaded = guide(HOSTS, beside=of_all("prefix: /e\nnfs_exports: [{path: '{{ prefix }}', options: '*(rw)'}]"))
    assert loaded.settings.nfs_exports == (NfsExport("/e", "*(rw)"),)
    assert loaded.notes == ()


def test_variables_of_others_are_not_named(guide):
    loaded = guide(HOSTS + "[kube]\nk1\n", beside={"group_vars/kube.yml": "kube_version: 1\n"})
    assert "kube_version" not in "\n".join(loaded.notes)


@pytest.mark.parametrize("name", ["nodes", "controller", "login_nodes", "nfs_server"])
def test_an_inventory_beside_lists_of_machines_is_an_error(refused, name):
    (problem,) = refused(HOSTS, **{name.upper(): "a"})
    assert problem.startswith(f"INVENTORY and {name.upper()} exclude each other")


def test_a_folder_in_the_inventorys_place_is_pointed_out(problems, tmp_path):
    (tmp_path / "inventory").write_text(HOSTS)
    (problem,) = problems(NODES=None, INVENTORY=str(tmp_path))
    assert f"is a folder; name the file in it: {tmp_path}/inventory" in problem


def test_names_in_etc_hosts_are_no_matter_of_packages(guide):
    loaded = guide(HOSTS, beside=of_all("slurm_configure_etc_hosts: no\nslurm_configure: x"))
    (names,) = (note for note in loaded.notes if "slurm_configure_etc_hosts" in note)
    assert names.endswith("ignored; the names of the cluster's machines are written to /etc/hosts")
