"""The networks that NETWORK_CONFIG means for a machine type, and the number of each machine's cards in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cloud_facts.gcp.machine_types import machine_type

if TYPE_CHECKING:
    from cluster_provision.settings.gcp.settings import GcpSettings

LONG_PACKETS = 8896
GPUDIRECT_PACKETS = 8244
"""Bytes of a packet for TCPX and TCPXO: two pages of 4 KiB and the headers.

The old tool used it for the GPUs' networks. cluster-toolkit v1.95.0 (2026-06-25), a3high-slurm-blueprint.yaml, uses it
for the first.
"""


@dataclass(frozen=True)
class Layout:
    """`extra_networks` are those beside the first, with one card in each; `rdma_nics` the cards in the RDMA network.

    `mtu` is the longest packet in bytes, for all of the cluster's own networks except the RDMA one.
    """

    extra_networks: int = 0
    rdma_nics: int = 0
    mtu: int = LONG_PACKETS

    @property
    def cards(self) -> int:
        """The number of network cards that a machine has."""
        return 1 + self.extra_networks + self.rdma_nics

    @property
    def networks(self) -> int:
        return 1 + self.extra_networks + min(self.rdma_nics, 1)


# multi_nic_network, by what the machine type's GPUs use (cloud_facts/gcp). For GPUs without their own cards, five
# networks, as the old tool made them for every type.
_BY_GPUS = {
    "single": Layout(extra_networks=4),
    "tcpx": Layout(extra_networks=4, mtu=GPUDIRECT_PACKETS),
    "tcpxo": Layout(extra_networks=8, mtu=GPUDIRECT_PACKETS),
}


def layout(settings: GcpSettings) -> Layout | None:
    """Return what NETWORK_CONFIG means for VM_TYPE, or None where this version can't set it up."""
    if settings.network_config != "multi_nic_network":
        return Layout()
    facts = machine_type(settings.vm_type)
    if facts.layout == "rdma":
        return Layout(extra_networks=1, rdma_nics=facts.nics - 2)
    return _BY_GPUS.get(facts.layout)


def network_profile(zone: str) -> str:
    """Return an RDMA network's profile in a zone: https://docs.cloud.google.com/vpc/docs/rdma-network-profiles."""
    return f"{zone}-vpc-roce"
