"""Inventories in the YAML form."""

from __future__ import annotations

import pytest

from cluster_provision.settings.inventory import Vaulted
from tests.unit.settings.inventory.conftest import told, variables

NESTED = """---
all:
  vars:
    user: all
  children:
    cluster:
      children:
        masters:
          hosts:
            head.example.org:
              ansible_host: 2001:db8:17::10
        nodes:
          hosts:
            n[1:2]: {v: 1}
            b:2222:
          vars:
            user: nodes
        empty:
          hosts: {}
        also_empty:
    ungrouped:
      hosts:
        spare: {a: "22", b: 22, c: yes, d: 1.5, e: null}
"""


@pytest.mark.parametrize("name", ["hosts.yml", "hosts.yaml", "inventory"])
def test_groups_hosts_and_variables_are_read_whatever_the_file_is_called(read, name):
    found = read(NESTED, name)
    assert found.groups["cluster"] == ("head.example.org", "n1", "n2", "b")
    assert (found.groups["empty"], found.groups["also_empty"], found.groups["ungrouped"]) == ((), (), ("spare",))
    assert variables(found, "head.example.org") == {"user": "all", "ansible_host": "2001:db8:17::10"}
    assert variables(found, "n2") == {"user": "nodes", "v": 1}
    assert variables(found, "b") == {"user": "nodes", "ansible_port": 2222}
    assert variables(found, "spare") == {"user": "all", "a": "22", "b": 22, "c": True, "d": 1.5, "e": None}
    assert not found.problems and not found.notes


def test_a_group_at_the_top_needs_no_all(read):
    assert read("nodes:\n  hosts:\n    a:\n    b:\n", "h.yml").groups["nodes"] == ("a", "b")


def test_json_is_yaml(read):
    assert read('{"nodes": {"hosts": {"a": {"v": 1}}}}', "h.json").groups["nodes"] == ("a",)


def test_a_variable_knows_its_line(read):
    place = read(NESTED, "h.yml").hosts["head.example.org"].variables["ansible_host"].place
    assert str(place) == "h.yml, line 11"


def test_what_is_encrypted_is_known_as_such_and_shown_nowhere(read):
    found = read(
        "all:\n  hosts:\n    a:\n      p: !vault |\n        $ANSIBLE_VAULT;1.1;AES256\n        CANARY\n", "h.yml"
    )
    assert isinstance(variables(found, "a")["p"], Vaulted)
    assert "CANARY" not in repr(found)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "the file is empty"),
        ("- a\n- b\n", "line 1: a map is needed here"),
        ("all:\n  hosts:\n    - a\n", "line 3: a map is needed here"),
        ("all:\n  hosts:\n    a: 1\n", "line 3: a map is needed here"),
        ("all:\n  hosts:\n    gx[1-4]:\n", "line 3: gx[1-4] has a range in another form than Ansible's; write gx[1:4]"),
        ("all:\n  hosts:\n    7:\n", "line 3: the name 7 is no text for YAML; put it in quotes"),
        ("all:\n  hosts: [\n", "this is no valid YAML"),
        ("all:\n  hosts:\n    a: *nowhere\n", "this is no valid YAML"),
        ("all:\n  hosts:\n    a: {v: !strange x}\n", "this is no valid YAML"),
        ("n:\n  host:\n    a:\n", "line 2: host in the group n is ignored by Ansible; write hosts"),
        ("n:\n  Children:\n    a:\n", "line 2: Children in the group n is ignored by Ansible; write children"),
        ("all:\n  vars:\n    v: {{ x }}\n", "line 3: this is no valid YAML: a value that begins with {{ needs quotes"),
        (
            "all:\n\thosts:\n",
            "line 2: this is no valid YAML: found character that cannot start any token, such as a tab",
        ),
        ("plugin: gcp_compute\n", "configures a plugin of Ansible's"),
        ("_meta: {}\n", "the output of an inventory script"),
        ("a: &a\n  children:\n    b: *a\n    c: *a\n", "line 3: the group b lies within itself"),
    ],
)
def test_what_ansible_refuses_is_a_problem_with_its_line(read, text, reason):
    assert any(reason in problem for problem in told(read(text, "h.yml")))


def test_no_word_of_a_broken_file_is_shown(read):
    texts = ["a: *CANARY\n", "a: !CANARY x\n", "a: 'CANARY\n", "p: CANARY: x: CANARY\n", "a: %CANARY\n", "[CANARY\n"]
    assert [text for text in texts if not (problems := told(read(text, "h.yml"))) or "CANARY" in str(problems)] == []


def test_a_key_that_stands_twice_is_noted_and_the_last_counts(read):
    found = read("nodes:\n  hosts:\n    a:\n      v: 1\n      v: 2\n", "h.yml")
    assert variables(found, "a") == {"v": 2}
    assert [str(note) for note in found.notes] == [
        "h.yml, line 5: v stands twice in one map; the last one counts, as in Ansible"
    ]


def test_a_key_that_ansible_skips_is_noted(read):
    (note,) = read("nodes:\n  about: x\n  hosts:\n    b:\n", "h.yml").notes
    assert str(note) == "h.yml, line 2: about in the group nodes is none of hosts, children, vars, and is ignored"


def test_merged_maps_are_merged(read):
    found = read("x-base: {vars: &v {p: 1}}\nnodes:\n  hosts:\n    a:\n      <<: *v\n      q: 2\n", "h.yml")
    assert variables(found, "a") == {"p": 1, "q": 2}


def test_a_maps_own_key_replaces_a_merged_one_without_a_word(read):
    text = "nodes:\n  hosts:\n    a: &a {v: 1}\n    b:\n      <<: *a\n      v: 2\n"
    found = read(text, "h.yml")
    assert variables(found, "b") == {"v": 2} and not found.notes


def test_a_value_that_cannot_be_read_is_one_problem(read):
    found = read("nodes:\n  hosts:\n    a:\n      ansible_user: {{ x }}\n", "h.yml")
    assert len(found.problems) == 1 and variables(found, "a") == {}
