"""The ssh command that a user is shown."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from cluster_provision.settings.existing.machines import GivenMachine
from cluster_provision.targets.existing.ssh_command import ssh_command

HEAD = GivenMachine("head", "10.0.0.1", "ops", 22)


def command(machine: GivenMachine = HEAD, **settings: Any) -> str:
    told = SimpleNamespace(**{"ssh_proxy": None, "ssh_jump": None, **settings})
    return " ".join(ssh_command(machine, cast("Any", told)))


def test_it_names_the_user_and_the_address() -> None:
    assert command() == "ssh ops@10.0.0.1"


def test_a_port_of_its_own_is_named() -> None:
    assert command(GivenMachine("head", "head", "ops", 2222)) == "ssh -p 2222 ops@head"


def test_it_leads_through_the_jump_host() -> None:
    assert command(ssh_jump="admin@gate:2022") == "ssh -J admin@gate:2022 ops@10.0.0.1"


def test_it_leads_through_the_proxy() -> None:
    proxy = SimpleNamespace(host="proxy.example", port=3128)
    assert "ProxyCommand=nc -X connect -x proxy.example:3128 %h %p" in command(ssh_proxy=proxy)
