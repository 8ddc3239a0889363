"""Network cards: as many as the networks need, and those of the GPUs."""

from __future__ import annotations

import pytest

from cloud_facts.gcp.machine_types import machine_type


@pytest.mark.parametrize(
    ("vm_type", "layout", "nics"),
    [
        ("a2-highgpu-1g", "single", 8),
        ("n1-standard-1", "single", 2),
        ("n1-standard-4", "single", 4),
        ("e2-standard-16", "single", 8),
        ("e2-medium", "single", 0),
        ("a3-highgpu-8g", "tcpx", 5),
        ("a3-edgegpu-8g", "tcpx", 5),
        ("a3-megagpu-8g", "tcpxo", 9),
        ("a3-ultragpu-8g", "rdma", 10),
        ("a3-ultragpu-8g-nolssd", "rdma", 10),
        ("a4-highgpu-8g", "rdma", 10),
        ("a4x-highgpu-4g", "rdma", 6),
        ("a9-newgpu-8g", "single", 0),
    ],
)
def test_a_machine_types_cards(vm_type, layout, nics):
    facts = machine_type(vm_type)
    assert (facts.layout, facts.nics) == (layout, nics)


@pytest.mark.parametrize("vm_type", ["a2-highgpu-2g", "n1-standard-8", "e2-medium", "a3-megagpu-8g", "a9-newgpu-8g"])
def test_several_networks_on_machines_that_take_the_cards(loaded, vm_type):
    found = loaded(VM_TYPE=vm_type, NETWORK_CONFIG="multi_nic_network")
    assert found.settings.network_config == "multi_nic_network"
    assert not any("network cards" in note for note in found.notes)


def test_machines_with_too_few_cards_are_refused_with_the_number(problems):
    (problem,) = problems(VM_TYPE="n1-standard-4", NETWORK_CONFIG="multi_nic_network")
    assert problem == (
        "NETWORK_CONFIG=multi_nic_network gives each machine 5 network cards, and VM_TYPE=n1-standard-4 takes 4; "
        "use new_network, or a VM_TYPE with 5 vCPUs or more"
    )


def test_a_layout_that_is_not_built_is_refused_by_name(problems):
    given = {"VM_TYPE": "a4x-maxgpu-4g-metal", "RESERVATION_NAME": "mine", "IMAGE_NAME": "my-image"}
    (problem,) = problems(**given, NETWORK_CONFIG="multi_nic_network")
    assert "multi_nic_network with VM_TYPE=a4x-maxgpu-4g-metal is not in this version" in problem
    assert problems(**given, NETWORK_CONFIG="new_network") == ()


@pytest.mark.parametrize("network", ["default_network", "new_network"])
def test_cards_of_gpus_that_stay_unused_are_noted(loaded, network):
    notes = loaded(VM_TYPE="a3-megagpu-8g", NETWORK_CONFIG=network).notes
    assert any(f"(GPUDirect-TCPXO), which stay unused with NETWORK_CONFIG={network}" in note for note in notes)
