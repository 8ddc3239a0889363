"""Arguments for ssh in an inventory: the way through a jump host is understood or refused, never dropped."""

from __future__ import annotations

import pytest

from cluster_provision.settings.existing.guide.ssh_arguments import ssh_arguments
from cluster_provision.settings.reading import BadValue


@pytest.mark.parametrize(
    ("text", "jump"),
    [
        ('-o ProxyCommand="ssh -W %h:%p -q -p 2222 jumper@203.0.113.7"', "jumper@203.0.113.7:2222"),
        ('-o ProxyCommand="ssh -W %h:%p -q ubuntu@10.0.0.1"', "ubuntu@10.0.0.1"),
        ("-o ProxyCommand='ssh -p 2222 -l jumper -i ~/.ssh/k -W %h:%p gate'", "jumper@gate:2222"),
        ("-oProxyCommand='ssh -q gate -W %h:%p'", "gate"),
        ("-o 'ProxyCommand=ssh -q jumper@gate nc %h %p'", "jumper@gate"),
        ("-o 'ProxyCommand ssh -o Port=2200 -o User=u -W \"[%h]:%p\" gate'", "u@gate:2200"),
        ("-o proxycommand='/usr/bin/ssh -qW %h:%p gate'", "gate"),
        ("-J jumper@gate:2222", "jumper@gate:2222"),
        ("-Jgate", "gate"),
        ("-o ProxyJump=jumper@gate", "jumper@gate"),
        ("-o ProxyJump=none", "None"),
        ("-o StrictHostKeyChecking=no", "None"),
        ("", "None"),
    ],
)
def test_one_jump_is_understood_in_each_of_its_forms(text, jump):
    assert str(ssh_arguments(text).jump) == jump


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("-o ProxyCommand='nc -X connect -x proxy:3128 %h %p'", "a ProxyCommand that isn't ssh"),
        ("-o ProxyCommand='ssh gate'", "isn't understood"),
        ("-o ProxyCommand='ssh -W other:22 gate'", "isn't understood"),
        ("-o ProxyCommand='ssh -J a -W %h:%p b'", "goes through several hosts"),
        ("-J a,b", "several hosts"),
        ("-J 'a b'", "neither an IP address nor a host's name"),
        ("-o ProxyCommand='ssh", "a quote that isn't closed"),
    ],
)
def test_another_way_is_refused(text, reason):
    with pytest.raises(BadValue) as failure:
        ssh_arguments(text)
    assert reason in failure.value.reasons[0]


def test_what_has_no_meaning_here_is_named_without_its_value():
    found = ssh_arguments("-C -o ControlMaster=auto -o 'StrictHostKeyChecking no' -i /k -F /f")
    assert found.ignored == ["-C", "ControlMaster", "StrictHostKeyChecking", "-F"]
    assert found.key_file == "/k"


def test_user_port_and_key_are_the_first_that_are_given():
    found = ssh_arguments("-l ops -o User=other -oPort=2200 -p 22 -o 'IdentityFile ~/.ssh/a' -i b")
    assert (found.user, found.port, found.key_file) == ("ops", "2200", "~/.ssh/a")
