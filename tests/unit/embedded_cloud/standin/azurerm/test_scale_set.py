"""Scale sets of both modes: what is sent to make one, to change it, and to take it away."""

from __future__ import annotations

from typing import Any

import pytest

from embedded_cloud.merging import merged
from embedded_cloud.standin.azurerm.account import Features
from embedded_cloud.standin.azurerm.scale_set import LinuxScaleSet, OrchestratedScaleSet
from embedded_cloud.standin.dialect import Failed
from embedded_cloud.standin.planning import plan
from tests.unit.embedded_cloud.standin.azurerm.kit import GROUP, SCALE_SET, SUBNET, Answer, Arm, life, refused
from tests.unit.embedded_cloud.standin.kit import config, parts

LINUX, ORCHESTRATED = "azurerm_linux_virtual_machine_scale_set", "azurerm_orchestrated_virtual_machine_scale_set"
KINDS = {LINUX: LinuxScaleSet, ORCHESTRATED: OrchestratedScaleSet}
IDENTITY = f"{GROUP}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i"
IMAGE = {"publisher": "p", "offer": "o", "sku": "s", "version": "latest"}
SHARED: dict[str, Any] = {
    "name": "ss",
    "resource_group_name": "rg",
    "location": "West Europe",
    "instances": 2,
    "source_image_reference": [IMAGE],
    "os_disk": [{"storage_account_type": "Premium_LRS", "caching": "ReadWrite", "disk_size_gb": 256}],
    "identity": [{"type": "UserAssigned", "identity_ids": [IDENTITY]}],
    "network_interface": [
        {
            "name": "nic",
            "primary": True,
            "accelerated_networking_enabled": True,
            "ip_configuration": [{"name": "ip", "primary": True, "subnet_id": SUBNET}],
        }
    ],
}
KEYED = [{"username": "me", "public_key": "ssh-ed25519 AAAA me"}]
OWN: dict[str, dict[str, Any]] = {
    LINUX: {"sku": "Standard_X", "admin_username": "me", "admin_ssh_key": KEYED, "custom_data": "Zm9v"},
    ORCHESTRATED: {
        "sku_name": "Standard_X",
        "platform_fault_domain_count": 1,
        "os_profile": [
            {"custom_data": "Zm9v", "linux_configuration": [{"admin_username": "me", "admin_ssh_key": KEYED}]}
        ],
    },
}


def special(verb: str, path: str, sent: Any) -> Answer | None:
    """A PATCH is merged."""
    if verb == "PATCH" and path in arms[-1].held:
        arms[-1].held[path] = merged(arms[-1].held[path], sent)
        return 200, arms[-1].held[path], {}
    if verb == "POST":
        return 202, {}, {}
    if path == f"{SCALE_SET}/virtualMachines":
        machines = [{"instanceId": str(n), "properties": {"latestModelApplied": n == 1}} for n in range(2)]
        return 200, {"value": machines}, {}
    return None


arms: list[Arm] = []


@pytest.fixture
def arm() -> Arm:
    arms.append(Arm(special))
    return arms[-1]


def planned(name: str, prior: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    row, rules, block = parts(name)
    return plan(row, rules, block, config(name, **{**SHARED, **OWN[name], **more}), prior)


def made(name: str, arm: Arm, **more: Any) -> dict[str, Any]:
    return life(name, arm, KINDS[name]).create(planned(name, **more))


@pytest.mark.parametrize("name", KINDS)
def test_what_is_sent_is_what_the_provider_sends_and_a_plan_shows_no_changes(name: str, arm: Arm) -> None:
    state = made(name, arm)
    body = arm.sent("PUT")
    uniform = name == LINUX
    assert body["sku"] == {"name": "Standard_X", "capacity": 2, "tier": "Standard"}
    assert body["identity"] == {"type": "UserAssigned", "userAssignedIdentities": {IDENTITY: {}}}
    assert body["location"] == "westeurope"
    assert body["properties"]["orchestrationMode"] == ("Uniform" if uniform else "Flexible")
    profile = body["properties"]["virtualMachineProfile"]
    assert profile["storageProfile"]["imageReference"] == IMAGE
    assert profile["storageProfile"]["osDisk"] == {
        "caching": "ReadWrite",
        "createOption": "FromImage",
        "diskSizeGB": 256,
        "managedDisk": {"storageAccountType": "Premium_LRS"},
        "osType": "Linux",
        "writeAcceleratorEnabled": False,
    }
    system = profile["osProfile"]
    assert (system["adminUsername"], system["customData"], system["computerNamePrefix"]) == ("me", "Zm9v", "ss")
    keys = [{"keyData": "ssh-ed25519 AAAA me", "path": "/home/me/.ssh/authorized_keys"}]
    assert system["linuxConfiguration"]["ssh"]["publicKeys"] == keys
    (nic,) = profile["networkProfile"]["networkInterfaceConfigurations"]
    assert nic["properties"]["enableAcceleratedNetworking"] is True
    assert nic["properties"]["ipConfigurations"][0]["properties"]["subnet"] == {"id": SUBNET}
    assert profile["priority"] == "Regular"
    assert "billingProfile" not in profile
    assert planned(name, state) == state


@pytest.mark.parametrize("name", KINDS)
def test_what_azure_never_tells_stays_as_it_was_given(name: str, arm: Arm) -> None:
    state = made(name, arm)
    profile = arm.held[SCALE_SET]["properties"]["virtualMachineProfile"]["osProfile"]
    del profile["customData"]
    read = life(name, arm, KINDS[name]).read(state)
    assert read is not None
    assert (read["custom_data"] if name == LINUX else read["os_profile"][0]["custom_data"]) == "Zm9v"


def test_a_size_is_one_patch_that_carries_image_and_policy(arm: Arm) -> None:
    state = made(LINUX, arm)
    life(LINUX, arm, LinuxScaleSet).update(state, {**state, "instances": 3})
    assert arm.sent("PATCH") == {
        "sku": {"name": "Standard_X", "capacity": 3, "tier": "Standard"},
        "properties": {
            "upgradePolicy": {"mode": "Manual"},
            "virtualMachineProfile": {"storageProfile": {"imageReference": IMAGE}},
        },
    }
    assert [verb for verb, _ in arm.changes()] == ["PUT", "PATCH"]


@pytest.mark.parametrize(
    ("features", "rolled"),
    [
        (Features(), ["manualupgrade", "reimage"]),
        (Features(reimages=False), ["manualupgrade"]),
        (Features(rolls_instances=False), []),
    ],
)
def test_machines_get_another_text_for_cloud_init_only_where_the_features_say_so(
    features: Features, rolled: list[str], arm: Arm
) -> None:
    state = made(LINUX, arm)
    life(LINUX, arm, LinuxScaleSet, features).update(state, {**state, "custom_data": "YmFy"})
    posts = [(path.rpartition("/")[2], sent) for verb, path, sent in arm.calls if verb == "POST"]
    assert posts == [(action, {"instanceIds": ["0"]}) for action in rolled]


def test_an_identity_is_taken_away_by_a_put_that_says_none(arm: Arm) -> None:
    state = made(LINUX, arm)
    changed = life(LINUX, arm, LinuxScaleSet).update(state, {**state, "identity": []})
    puts = [sent for verb, _, sent in arm.calls if verb == "PUT"]
    assert puts[1]["identity"] == {"type": "None"}
    assert changed["identity"] == []


@pytest.mark.parametrize("name", KINDS)
def test_machines_go_before_their_set(name: str, arm: Arm) -> None:
    state = made(name, arm)
    life(name, arm, KINDS[name]).delete(state)
    assert [verb for verb, _ in arm.changes()] == ["PUT", "PATCH", "DELETE"]
    assert arm.sent("PATCH") == {"sku": {"name": "Standard_X", "capacity": 0, "tier": "Standard"}}


def test_a_uniform_set_stays_where_its_upgrades_may_not_be_looked_at(arm: Arm) -> None:
    state = made(LINUX, arm)
    denied = refused(403, "AuthorizationFailed", "no")
    arm.special = lambda _, path, __: denied if path.endswith("/rollingUpgrades/latest") else None
    with pytest.raises(Failed, match="retrieving rolling updates for Virtual Machine Scale Set"):
        life(LINUX, arm, LinuxScaleSet).delete(state)
    assert [verb for verb, _ in arm.changes()] == ["PUT"]


def test_trusted_launch_is_told_where_one_of_its_parts_is_on(arm: Arm) -> None:
    state = made(LINUX, arm, secure_boot_enabled=True, vtpm_enabled=True)
    security = arm.sent("PUT")["properties"]["virtualMachineProfile"]["securityProfile"]
    settings = {"secureBootEnabled": True, "vTpmEnabled": True}
    assert security == {"securityType": "TrustedLaunch", "uefiSettings": settings}
    assert (state["secure_boot_enabled"], state["vtpm_enabled"]) == (True, True)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"priority": "Spot"}, "an `eviction_policy` must be specified when `priority` is set to `Spot`"),
        ({"eviction_policy": "Delete"}, "can only be specified when `priority` is set to `Spot`"),
        ({"max_bid_price": 1.5}, "`max_bid_price` can only be configured when `priority` is set to `Spot`"),
        ({"zone_balance": True}, "`zone_balance` can only be set to `true` when zones are specified"),
    ],
)
def test_what_does_not_go_together_is_refused_before_anything_is_sent(
    given: dict[str, Any], text: str, arm: Arm
) -> None:
    with pytest.raises(Failed) as failed:
        made(LINUX, arm, **given)
    assert text in str(failed.value)
    assert arm.changes() == []


def test_a_spot_price_is_sent_and_read(arm: Arm) -> None:
    state = made(LINUX, arm, priority="Spot", eviction_policy="Delete", max_bid_price=1.5)
    profile = arm.sent("PUT")["properties"]["virtualMachineProfile"]
    assert (profile["billingProfile"], profile["evictionPolicy"]) == ({"maxPrice": 1.5}, "Delete")
    assert state["max_bid_price"] == 1.5
