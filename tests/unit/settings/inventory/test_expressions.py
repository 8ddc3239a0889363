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
        ("{{ prefix | upper }}", "an expression that isn't worked out"),
        ("{{ prefix ~ 'x' }}", "an expression that isn't worked out"),
        ("{{ lookup('env', 'HOME') }}", "an expression that isn't worked out"),
        ("{{ 'CANARY' }}", "an expression that isn't worked out"),
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
