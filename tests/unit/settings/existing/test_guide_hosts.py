"""How an inventory says that its hosts are reached, and what of that is refused or named."""

from __future__ import annotations

import re

import pytest

ROLES = "[slurm-master]\nhead ansible_host=10.0.0.1\n[slurm-node]\n"


def with_node(line: str) -> str:
    return f"{ROLES}{line}\n"


def node(loaded):
    return next(machine for machine in loaded.settings.machines if machine.name == "n1")


@pytest.mark.parametrize(
    ("line", "user", "address", "port"),
    [
        ("n1", "root", "n1", 22),
        ("n1 ansible_host=ops@10.0.0.5", "ops", "10.0.0.5", 22),
        ("n1 ansible_host=ops@10.0.0.5 ansible_user=other", "other", "10.0.0.5", 22),
        ("n1 ansible_ssh_host=10.0.0.5 ansible_ssh_port=22022", "root", "10.0.0.5", 22022),
        ("n1 ansible_host=10.0.0.5 ansible_port='\"22022\"'", "root", "10.0.0.5", 22022),
        ("n1:22022", "root", "n1", 22022),
        ("n1:22022 ansible_port=23", "root", "n1", 23),
        ("n1 ansible_host=[2001:db8::1]", "root", "2001:db8::1", 22),
        ("n1 ansible_host=ops@[2001:db8::1]", "ops", "2001:db8::1", 22),
        ("n1 ansible_host='{{ ip }}' ip=10.0.0.5", "root", "10.0.0.5", 22),
        ("n1 ansible_host=node1.example.org", "root", "node1.example.org", 22),
        ("n1 ansible_user=", "root", "n1", 22),
        ("n1 ansible_user='' ansible_ssh_private_key_file=", "root", "n1", 22),
        ("n1 ansible_ssh_common_args='-l ops -p 2200'", "ops", "n1", 2200),
        ("n1 ansible_ssh_extra_args='-o User=ops -o Port=2200'", "ops", "n1", 2200),
        ("n1 ansible_ssh_args='-p 2200 -p 2201' ansible_user=own", "own", "n1", 2200),
    ],
)
def test_user_address_and_port_are_told_apart(guide, line, user, address, port):
    machine = node(guide(with_node(line)))
    assert (machine.user, machine.address, machine.port) == (user, address, port)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("n1 ansible_host=10.0.0.5:2222", "has a port; write that as ansible_port"),
        ("n1 ansible_host=10.0.0.5,10.0.0.6", "is neither an IP address nor a host's name"),
        ("n1 ansible_host=10.0.0.500", "four numbers up to 255"),
        ("n1 ansible_host=127.0.0.1 ansible_port=2222", "no address at which other machines reach"),
        ("n1 ansible_host=localhost", "means each machine itself"),
        ("n1 ansible_host=fe80::1%eth0", "valid on one machine only"),
        ("n1 ansible_host='{{ nowhere }}'", "ansible_host can't be worked out: it needs nowhere"),
        ("n1 ansible_host='{{ groups.x | first }}'", "ansible_host can't be worked out"),
        ("n[1:2] ansible_host=10.0.0.[5:6]", "doesn't expand in a value"),
        ("n1 ansible_user='a b'", "is not a Linux user's name"),
        ("n1 ansible_port=ssh", "ansible_port=ssh is no port"),
        ("n1 ansible_port=0", "allowed are 1 to 65535"),
        ("n1 ansible_connection=local", "is another way than ssh"),
        ("n1 ansible_connection=docker", "is another way than ssh"),
        ("localhost ansible_connection=local", "each machine means itself"),
        ("10.0.0.7", "10.0.0.7 is an address; write node1 ansible_host=10.0.0.7"),
        ("gpu_09", "gpu_09 is no host's name: an underscore can't stand in one; write gpu-09"),
        ("n{1..4}", "write n[1:4]"),
        ("ops@n1", "ops@n1 is no host's name: .*; write n1 ansible_user=ops"),
        ("n1\u00a0ansible_user=ops", "it holds a character that can't be seen"),
        ("n1\u200b", "it holds a character that can't be seen"),
        ("n" * 64, "a part of one has at most 63 characters"),
        ("n1 ansible_host=", "ansible_host is empty; leave it out"),
        ("n1 ansible_ssh_args='-p many'", "ansible_ssh_args=many is no port"),
        ("n1.one.org\nn1.two.org", "n1.one.org and n1.two.org would both be n1 in Slurm"),
        ("N1\nn1", "N1 and n1 would both be n1 in Slurm"),
        ("n1 ansible_host=10.0.0.1", "head and n1 have one address, 10.0.0.1"),
        ("n1 ansible_ssh_common_args='-J a,b'", "several hosts"),
    ],
)
def test_a_host_that_cant_be_reached_so_is_refused(refused, line, reason):
    told = refused(with_node(line))
    assert [problem for problem in told if reason in problem or re.search(reason, problem)]


def test_arguments_for_ssh_that_arent_taken_come_with_what_holds_instead(guide):
    arguments = "-C -F /f -o StrictHostKeyChecking=no -o ProxyCommand='ssh -i ~/.ssh/k -W %h:%p ops@gate'"
    notes = guide(f'{ROLES}n1\n[all:vars]\nansible_ssh_common_args="{arguments}"\n').notes
    (note,) = (each for each in notes if "ansible_ssh_common_args" in each)
    assert "-C, -F, StrictHostKeyChecking ignored" in note and "SSH_KNOWN_HOSTS and SSH_HOST_KEYS" in note
    assert "no ssh_config is read" in note and "the jump host gets the key of SSH_KEY_FILE" in note


def test_one_cause_of_many_hosts_is_one_line(refused):
    (problem,) = refused(f"{ROLES}n[01:30]\n[slurm-node:vars]\nansible_port=none\n")
    assert "line 6: ansible_port=none is no port (n01, n02," in problem and "and 19 more)" in problem


def test_an_underscore_in_a_name_of_another_cluster_is_not_ours_to_refuse(guide):
    loaded = guide(with_node("n1\n[kube-node]\nkube_1"))
    assert "aren't set up: kube_1" in "\n".join(loaded.notes)


def test_a_comment_after_a_value_of_a_section_is_pointed_out(refused):
    (problem,) = refused(f"{ROLES}n1\n[all:vars]\nansible_user=ubuntu # the admin\n")
    assert "in a section of variables, a # and what follows belong to the value" in problem


@pytest.mark.parametrize(
    "written",
    [
        "ReplaceWithASecurePasswordInTheVault",
        "AlsoReplaceWithASecurePasswordInTheVault",
        "changeme",
        "CHANGE_ME!",
        "REPLACE_ME",
        "<password>",
        "your_password_here",
        "xxxxxx",
        "'********'",
        "TODO",
        "${PASSWORD}",
    ],
)
def test_a_placeholder_is_never_a_password(guide, written):
    loaded = guide(with_node(f"n1 ansible_password={written} ansible_become_pass={written}"))
    assert (node(loaded).password, node(loaded).sudo_password) == ("", "")
    assert loaded.settings.confidential == ()
    notes = "\n".join(loaded.notes)
    assert "ansible_password holds a placeholder" in notes and "SSH_PASSWORD_FILE" in notes
    assert "ansible_become_pass holds a placeholder" in notes and "SUDO_PASSWORD_FILE" in notes
    assert written.strip("'") not in notes


@pytest.mark.parametrize("password", ["vagrant", "Tr0ub4dor&3", "correct horse", "12345", "s3cret=x"])
def test_a_password_that_is_one_is_used(guide, password):
    machine = node(guide(with_node(f'n1 ansible_password="{password}"')))
    assert machine.password == password and password not in repr(machine)


def test_a_password_that_isnt_known_is_named_and_no_error(guide):
    loaded = guide(with_node("n1 ansible_password='{{ vault_password }}'"))
    assert node(loaded).password == ""
    assert "ansible_password isn't known, and can't be used: SSH_PASSWORD_FILE" in "\n".join(loaded.notes)


def test_passwords_of_files_are_those_of_the_hosts_that_have_none(guide, tmp_path):
    (tmp_path / "ssh").write_text("of all\n")
    (tmp_path / "sudo").write_text("sudo of all\n")
    loaded = guide(
        with_node("n1 ansible_password=own"),
        SSH_PASSWORD_FILE=str(tmp_path / "ssh"),
        SUDO_PASSWORD_FILE=str(tmp_path / "sudo"),
    )
    head, other = loaded.settings.machines
    assert (head.password, head.sudo_password) == ("of all", "sudo of all")
    assert (other.password, other.sudo_password) == ("own", "sudo of all")
    assert set(loaded.settings.confidential) == {"of all", "sudo of all", "own"}


KEY = "-----BEGIN RSA PRIVATE KEY-----\n"


def test_a_key_of_the_inventory_that_is_here_is_used(guide, tmp_path):
    for name in ("here", "general"):
        (tmp_path / name).write_text(KEY)
    text = f"{ROLES}n1 ansible_ssh_private_key_file=here\nn2 ansible_ssh_private_key_file={tmp_path}/absent\n"
    loaded = guide(text, SSH_KEY_FILE=str(tmp_path / "general"))
    assert [machine.key_file and machine.key_file.name for machine in loaded.settings.machines] == [
        "general",
        "here",
        "general",
    ]
    (note,) = loaded.notes
    assert f"the key {tmp_path}/absent of n2 isn't where the tool runs" in note and "of SSH_KEY_FILE is used" in note


def test_users_and_ports_of_the_inventory_beat_those_of_all(guide):
    loaded = guide(with_node("n1 ansible_user=own ansible_port=23"), SSH_USER="general", SSH_PORT="24")
    assert [(machine.user, machine.port) for machine in loaded.settings.machines] == [("general", 24), ("own", 23)]
    notes = "\n".join(loaded.notes)
    assert "SSH_USER has no effect for n1, whose user the inventory sets" in notes
    assert "SSH_PORT has no effect for n1, whose port the inventory sets" in notes


def test_different_jump_hosts_are_refused(refused):
    text = f"{ROLES}n1 ansible_ssh_common_args='-J a'\nn2 ansible_ssh_common_args='-J b'\n"
    (problem,) = refused(text)
    assert "one is supported: a for n1; b for n2" in problem


def test_a_jump_of_some_is_that_of_all_and_said(guide):
    loaded = guide(f"{ROLES}n1\n[slurm-node:vars]\nansible_ssh_common_args='-J gate'\n")
    assert str(loaded.settings.ssh_jump) == "gate"
    assert "all machines are reached through gate, also those without it: head" in "\n".join(loaded.notes)


def test_the_parameter_for_the_jump_wins(guide):
    loaded = guide(with_node("n1 ansible_ssh_common_args='-J gate'"), SSH_JUMP="other")
    assert str(loaded.settings.ssh_jump) == "other"
    assert any("the jump host of its arguments for ssh has no effect" in note for note in loaded.notes)


def test_no_jump_host_is_one_that_wins_over_the_inventorys_too(guide):
    assert guide(with_node("n1 ansible_ssh_common_args='-J gate'"), SSH_JUMP="none").settings.ssh_jump is None
