"""The commands and the tool's own way through Azure Bastion."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from cluster_provision.clouds.azure.machines import ScaleSetMachine
from cluster_provision.errors import NotReady
from cluster_provision.targets.azure.slurm.bastion_routes import BastionRoutes
from cluster_provision.targets.azure.slurm.bastion_way import look_at_bastion, relayed

COMPUTE = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute"
LOGIN = ScaleSetMachine("demo-login-1", "1", "1", "", "10.0.0.5", "RUNNING", resource="demo-login-1")
NODE = replace(LOGIN, name="demo-hpc-1", group="demo-hpc-set1", resource="7")
ROUTES = BastionRoutes("s", "g", "demo-bastion", "me", Path("/keys/a b"))


def cloud(state: str | None) -> Any:
    told = {"dnsName": "b.bastion.azure.com", "provisioningState": state, "enableTunneling": True}
    return SimpleNamespace(subscription_id="s", find=lambda *_: {"properties": told} if state else None)


def test_machines_are_named_by_azures_ids_those_of_scale_sets_too() -> None:
    assert ROUTES.id_of(LOGIN) == f"{COMPUTE}/virtualMachines/demo-login-1"
    assert ROUTES.id_of(NODE) == f"{COMPUTE}/virtualMachineScaleSets/demo-hpc-set1/virtualMachines/7"


def test_a_shell_is_azs_with_the_key_or_with_those_that_ssh_finds() -> None:
    assert ROUTES.command(LOGIN)[-6:] == ("--auth-type", "ssh-key", "--ssh-key", "/keys/a b", "--username", "me")
    assert replace(ROUTES, key=None).command(LOGIN)[-4:] == ("--auth-type", "password", "--username", "me")


def test_the_tools_own_way_leads_to_the_head_alone() -> None:
    relay = relayed(ROUTES, cloud("Succeeded"), LOGIN, lambda: "secret")
    assert (relay.name, relay.each) == ("Azure Bastion", False)
    assert "secret" not in repr(relay)


def test_status_says_how_the_bastion_is() -> None:
    settings = cast("Any", SimpleNamespace(resource_group="g", name_prefix="demo"))
    site = cast("Any", SimpleNamespace(result=SimpleNamespace(checks=[])))
    assert look_at_bastion(settings, cloud("Succeeded"), site) is None
    assert isinstance(look_at_bastion(settings, cloud(None), site), NotReady)
    assert [(each.name, each.status) for each in site.result.checks] == [("way in", "ok"), ("way in", "failed")]
