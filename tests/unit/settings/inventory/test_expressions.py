"""Ansible's expressions: the simplest are worked out, the others are never guessed at."""

from __future__ import annotations

import pytest

from cluster_provision.settings.inventory import NotWorkedOut, worked_out

TEXT = """[masters]
head ansible_host=10.0.0.1
[nodes]
n1
n2
[none]
[all:vars]
prefix=/sw
deep={{ deeper }}
deeper={{ prefix }}/modules
self={{ self }}
port=22
names=['a', 'b']
shape={'kind': 'big'}
me={{ inventory_hostname }}
empty=''
CANARY=1
"""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        (22, 22),
        ("{{ prefix }}", "/sw"),
        ("{{prefix}}", "/sw"),
        ("{{ prefix }}/x", "/sw/x"),
        ("{{ deep }}", "/sw/modules"),
        ("{{ port }}", 22),
        ("p{{ port }}", "p22"),
        ("{{ names }}", ["a", "b"]),
        ("{{ names[1] }}", "b"),
        ("{{ shape.kind }}", "big"),
        ("{{ shape['kind'] }}", "big"),
        ('{{ groups["masters"][0] }}', "head"),
        ("{{ groups['nodes'][1] }}", "n2"),
        ("{{ groups.nodes[-1] }}", "n2"),
        ("{{ hostvars[groups['masters'][0]]['ansible_host'] }}", "10.0.0.1"),
        ("{{ hostvars['head'].ansible_host }}", "10.0.0.1"),
        ("{{ inventory_hostname }}", "n1"),
        ("{{ hostvars['head'].inventory_hostname }}", "head"),
        ("{{ hostvars['head'].me }}", "head"),
        ("{{ hostvars['n2'].ansible_host | default('n2') }}", "n2"),
        ("{{ group_names[0] }}", "nodes"),
        ("{{ 'text' }}", "text"),
        ("{{ true }}", True),
        ("{{ nowhere | default('x') }}", "x"),
        ("{{ nowhere.deeper['y'] | d(prefix) }}", "/sw"),
        ("{{ nowhere | default }}", ""),
        ("{{ names[7] | default('x') | upper }}", "X"),
        ("{{ empty | default('x') }}", ""),
        ("{{ empty | default('x', true) }}", "x"),
        ("{{ prefix | default(nowhere | default('x')) }}", "/sw"),
        ("{{ groups['masters'] | first }}", "head"),
        ("{{ groups['nodes'] | last }}", "n2"),
        ("{{ groups['nodes'] | join(',') }}", "n1,n2"),
        ("{{ ' 7 ' | trim | int }}", 7),
        ("{{ port | string }}", "22"),
        ("{{ 'yes' | bool }}", True),
        ("{{ prefix | upper | lower }}/{{ port | int }}", "/sw/22"),
        (["{{ prefix }}", {"a": "{{ port }}"}], ["/sw", {"a": 22}]),
    ],
)
def test_what_is_simple_is_worked_out(read, text, value):
    inventory = read(TEXT)
    assert worked_out(text, inventory.hosts["n1"], inventory) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{{ nowhere }}", "it needs nowhere, which the inventory doesn't set"),
        ("{{ self }}", "it names itself"),
        ("{{ groups['none'][0] }}", "a part that isn't there"),
        ("{{ groups['nowhere'][0] }}", "a part that isn't there"),
        ("{{ names[7] }}", "a part that isn't there"),
        ("{{ prefix | regex_replace('CANARY') }}", "it has the filter regex_replace, .*; write its value"),
        ("{{ prefix ~ 'CANARY' }}", "an expression that isn't worked out here; write its value"),
        ("{{ lookup('env', 'CANARY') }}", r"it calls lookup\(\), which isn't worked out here; write its value"),
        ("{{ lookup('env', 'CANARY') | default('x') }}", r"it calls lookup\(\)"),
        ("{{ nowhere | default(self) }}", "it names itself"),
        ("{{ nowhere | upper }}", "it needs nowhere, which the inventory doesn't set"),
        ("{{ groups['none'] | first }}", "its filter first needs a list that isn't empty"),
        ("{{ 'CANARY' | int }}", "its filter int needs a number"),
        ("{{ prefix | default('x' }}", "an expression that isn't worked out"),
        ("{{ prefix | }}", "an expression that isn't worked out"),
        ("{{ hostvars }}", "an expression that isn't worked out"),
        ("{{ }}", "an expression that isn't worked out"),
        ("{{ prefix", "an expression that isn't worked out"),
        ("{% if prefix %}a{% endif %}", "a template that isn't worked out"),
        ("{{ names[ }}", "an expression that isn't worked out"),
    ],
)
def test_what_is_not_simple_is_named_without_being_shown(read, text, reason):
    inventory = read(TEXT)
    with pytest.raises(NotWorkedOut, match=reason) as failure:
        worked_out(text, inventory.hosts["n1"], inventory)
    assert "CANARY" not in str(failure.value)


def test_what_is_marked_unsafe_is_no_template(read):
    inventory = read("all:\n  hosts:\n    a:\n      v: !unsafe '{{ x }}'\n", "h.yml")
    host = inventory.hosts["a"]
    assert worked_out(host.variables["v"].value, host, inventory) == "{{ x }}"


def test_what_is_encrypted_is_said_to_be(read):
    inventory = read("all:\n  hosts:\n    a:\n      v: !vault x\n      w: '{{ v }}'\n", "h.yml")
    host = inventory.hosts["a"]
    with pytest.raises(NotWorkedOut, match="encrypted with ansible-vault"):
        worked_out(host.variables["w"].value, host, inventory)
