"""NETWORK_CONFIG and VM_TYPE decide the networks, the cards, and the length of packets."""

from __future__ import annotations

import pytest

from cluster_provision.settings.gcp.network_layouts import layout
from cluster_provision.targets.gcp.default_network import Additions
from cluster_provision.targets.gcp.networks import network_variables

SPOT = {"PROVISIONING_MODEL": "spot"}
SEVERAL = {"NETWORK_CONFIG": "multi_nic_network"}


# Cards: docs.cloud.google.com/compute/docs/accelerator-optimized-machines of 2026-04-13.
@pytest.mark.parametrize(
    ("vm_type", "extra", "rdma", "networks", "mtu"),
    [
        ("a2-highgpu-2g", 4, 0, 5, 8896),
        ("g2-standard-24", 4, 0, 5, 8896),
        ("a3-highgpu-8g", 4, 0, 5, 8244),
        ("a3-edgegpu-8g", 4, 0, 5, 8244),
        ("a3-megagpu-8g", 8, 0, 9, 8244),
        ("a3-ultragpu-8g", 1, 8, 3, 8896),
        ("a4-highgpu-8g", 1, 8, 3, 8896),
    ],
)
def test_each_machine_type_has_the_networks_that_its_gpus_need(loaded, vm_type, extra, rdma, networks, mtu):
    settings = loaded(VM_TYPE=vm_type, **SEVERAL, **SPOT).settings
    found = layout(settings)
    assert (found.extra_networks, found.rdma_nics, found.networks, found.mtu) == (extra, rdma, networks, mtu)
    assert found.cards == 1 + extra + rdma


def test_arm_machines_have_four_rdma_cards(loaded):
    found = layout(loaded(VM_TYPE="a4x-highgpu-4g", RESERVATION_NAME="mine", IMAGE_NAME="my-image", **SEVERAL).settings)
    assert (found.extra_networks, found.rdma_nics, found.networks) == (1, 4, 3)


def test_the_old_tools_five_networks_are_kept(loaded):
    assert layout(loaded(**SEVERAL).settings).cards == 5


@pytest.mark.parametrize("config", ["default_network", "new_network"])
def test_one_network_is_one_card_whatever_the_machine_has(loaded, config):
    assert layout(loaded(VM_TYPE="a3-megagpu-8g", NETWORK_CONFIG=config).settings).cards == 1


def test_the_rdma_networks_profile_is_that_of_the_zone_which_is_tried(loaded):
    settings = loaded(VM_TYPE="a4-highgpu-8g", **SEVERAL, **SPOT).settings
    assert network_variables(settings, "us-east4-b", Additions())["network_profile"] == "us-east4-b-vpc-roce"
    assert network_variables(loaded(**SEVERAL).settings, "us-east4-b", Additions())["network_profile"] == ""
