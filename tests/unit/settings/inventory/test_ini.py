"""Inventories in the INI form: sections, hosts' lines, values, and what Ansible refuses."""

from __future__ import annotations

import pytest

from tests.unit.settings.inventory.conftest import told, variables


def test_hosts_and_groups_are_those_of_the_file_in_its_order(read):
    found = read("first\n[a]\nx\ny\n\n[b:children]\na\nc\n[c]\nz\nx\n")
    assert list(found.hosts) == ["first", "x", "y", "z"]
    assert found.groups == {
        "all": ("first", "x", "y", "z"),
        "ungrouped": ("first",),
        "a": ("x", "y"),
        "b": ("x", "y", "z"),
        "c": ("z", "x"),
    }
    assert found.hosts["x"].groups == ("all", "b", "a", "c")
    assert not found.problems and not found.notes


def test_a_child_that_is_declared_later_comes_after_the_others(read):
    found = read("[known]\nk\n[all_of:children]\nlater\nknown\n[later]\nl\n")
    assert found.groups["all_of"] == ("k", "l")


def test_comments_blanks_and_ends_of_lines_have_no_meaning(read):
    text = "\ufeff# one\r\n; two\r\n[a] # three\r\n  x v=1 # four\r\n[a:vars]\t \r\nw = 2\r\n"
    assert variables(read(text), "x") == {"v": 1, "w": 2}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("v=text", "text"),
        ("v='a b'", "a b"),
        ('v="a # b"', "a # b"),
        ("v=a=b", "a=b"),
        ('v="CANARY=a=b"', "CANARY=a=b"),
        ("v=a\\ b", "a b"),
        ("v=a\\#b", "a#b"),
        ("v=", ""),
        ("v=22", 22),
        ("v=0x10", 16),
        ("v=012", "012"),
        ("v=1.5", 1.5),
        ("v=True", True),
        ("v=true", "true"),
        ("v=None", None),
        ('v="[1, 2]"', [1, 2]),
        ("v=\"{'a': 1}\"", {"a": 1}),
        ("v='\"22\"'", "22"),
        ("v=10.0.0.1", "10.0.0.1"),
        ("v=...", "..."),
        ("v=1j", "1j"),
    ],
)
def test_a_value_beside_a_host_is_what_ansible_makes_of_it(read, written, value):
    assert variables(read(f"[a]\nx {written}\n"), "x") == {"v": value}


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("v = text", "text"),
        ("v=a b", "a b"),
        ("v='~/.ssh/id'", "~/.ssh/id"),
        ("v='a' # said", "a"),
        ("v=text # said", "text # said"),
        ("v=22 # said", 22),
        ("v = a = b", "a = b"),
        ("v='-o ProxyCommand=\"ssh -W %h:%p b\"'", '-o ProxyCommand="ssh -W %h:%p b"'),
    ],
)
def test_a_value_in_a_section_of_variables_is_the_rest_of_the_line(read, written, value):
    assert variables(read(f"[a]\nx\n[a:vars]\n{written}\n"), "x") == {"v": value}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("x ansible_host_10.9.0.5", "ansible_host_10.9.0.5 has no =; write ansible_host=10.9.0.5"),
        ("x word", "word has no =; variables are written as name=value"),
        ("x v = 3", "a blank stands beside the = of v, which Ansible refuses here; write v=3"),
        ("x v= 3", "a blank stands beside the = of v, which Ansible refuses here; write v=3"),
        ("x v =3", "a blank stands beside the = of v, which Ansible refuses here; write v=3"),
        ("x ansible_ssh_host 10.0.0.5", "ansible_ssh_host has no =; write ansible_ssh_host=10.0.0.5"),
        ("x ansible_host:10.0.0.5", "ansible_host:10.0.0.5 has no =; write ansible_host=10.0.0.5"),
        ("v=1", "v stands where a host's name is needed; variables of all are lines of [all:vars]"),
        ("v = 1", "v stands where a host's name is needed"),
        ("ansible_user ubuntu", "ansible_user stands where a host's name is needed"),
        ("ansible_user: ubuntu", "ansible_user stands where a host's name is needed"),
        ("x, y", "several hosts stand in one line; write one a line"),
        ("x ,y", "several hosts stand in one line; write one a line"),
        ("x ; the first", "a ; begins no comment behind a host, where Ansible knows # alone"),
        ("x v=1 ; the first", "a ; begins no comment behind a host, where Ansible knows # alone"),
        ("x v='a", "a quote is opened and not closed"),
        (
            "x v=op#1",
            "a # within the value of v begins a comment for Ansible, which cuts the value off (it is read as op)",
        ),
        ("x#1 v=1", "a # within the value of x begins a comment"),
    ],
)
def test_a_bad_line_of_a_host_is_named_with_its_number_and_the_right_form(read, line, reason):
    (problem,) = told(read(f"[a]\nok\n{line}\n"))
    assert problem.startswith(f"inventory, line 3: {reason}")


def test_every_bad_line_is_named_and_the_rest_is_read(read):
    found = read("[a]\nx[1-2]\ny w\nz = 1\nok\n[b:stuff]\nx\n[b\n[c:children]\nnowhere\n[d:vars]\nv=1\n")
    assert [int(each.place.line) for each in found.problems] == [2, 3, 4, 6, 8, 10, 11]
    assert "ok" in found.hosts


def test_nothing_of_a_password_is_shown_where_it_is_written_wrongly(read):
    lines = [
        "x ansible_ssh_pass=my CANARY words",
        "x ansible_ssh_pass = CANARY",
        "x ansible_ssh_pass= CANARY",
        "x ansible_ssh_pass='CANARY",
        "x ansible_password=CANARY#1",
        "x ansible_ssh_pass CANARY",
        "ansible_ssh_pass=CANARY",
        "[b:children]",
        "x ansible_ssh_pass=CANARY",
        "[c] ansible_ssh_pass=CANARY",
        "[d ansible_ssh_pass=CANARY",
        "[a:vars]",
        "ansible_become_pass CANARY",
    ]
    found = read("[a]\n" + "\n".join(lines))
    assert {each.place.line for each in found.problems} == {
        number for number, line in enumerate(lines, start=2) if "CANARY" in line
    }
    assert "CANARY" not in "".join((*told(found), *map(repr, found.hosts.values())))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[a b]\n", "[a b] is no section: blanks and further colons can't stand in one"),
        ("[a:children:x]\n", "[a:children:x] is no section"),
        ("[a\n", "[a begins like a section, but has no ] at its end"),
        ("[a] ; one\n", "[a] ; one has a comment that begins with ;"),
        ("[a] x\n", "[a] x is no section"),
        ("[a:hots]\n", "[a:hots] is of no known kind: hosts, children or vars"),
        ("[a:children]\nb\n", "[a:children] names b, and there is no such group"),
        ("[a:children]\nb c\n", "b c is no group's name"),
        ("[a:vars]\nv=1\n", "[a:vars] is for a group that the file doesn't have"),
        ("[a]\n[a:vars]\nword\n", "word has no =; [a:vars] has lines of name=value"),
        ("[a]\n[a:children]\na\n", "the group a would be within itself, by way of a"),
        ("[a:children]\nb\n[b:children]\nall\n", "the group all would be within itself, by way of b"),
    ],
)
def test_a_section_that_ansible_refuses_is_a_problem(read, text, reason):
    assert any(reason in problem for problem in told(read(text)))


def test_groups_within_each_other_are_a_problem_and_never_a_hang(read):
    found = read("[a:children]\nb\n[b:children]\nc\n[c:children]\na\n[c]\nx\n")
    (problem,) = told(found)
    assert "would be within itself" in problem
    assert found.groups["c"] == ("x",)


def test_a_port_beside_a_name_counts_at_its_first_mention(read):
    found = read("[a]\nx:2022\ny\n[b]\nx:2222\ny:2222\nz:1 ansible_port=5\n")
    assert [variables(found, host).get("ansible_port") for host in "xyz"] == [2022, None, 5]
    assert [str(note) for note in found.notes] == [
        "inventory, line 5: the port 2222 beside x has no effect, since x is named before, as in Ansible"
    ]


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("#!/usr/bin/env python3\n", "inventory", "is a program"),
        ("$ANSIBLE_VAULT;1.1;AES256\n3031\n", "inventory", "is encrypted with ansible-vault"),
        ("[all]\n", "hosts.toml", "TOML form isn't read"),
    ],
)
def test_what_is_no_inventory_for_us_is_named_with_what_to_do(read, text, name, reason):
    (problem,) = told(read(text, name))
    assert reason in problem


def test_a_file_that_is_not_utf_8_is_named(tmp_path):
    from cluster_provision.settings.inventory import read_inventory

    (tmp_path / "hosts").write_bytes(b"[a]\nx v=\xff\n")
    (problem,) = told(read_inventory(tmp_path / "hosts"))
    assert problem.startswith("hosts, line 2: the file is not UTF-8; save it as that, with `iconv")


def test_a_comment_may_be_in_another_encoding(tmp_path):
    from cluster_provision.settings.inventory import read_inventory

    (tmp_path / "hosts").write_bytes(b"# h\xf6st\n[a]\n; \xff\nx\n")
    assert read_inventory(tmp_path / "hosts").groups["a"] == ("x",)
