"""Which networks NETWORK_CONFIG means on machines of a type, and how many cards each machine has in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.settings.gcp.machine_types import machine_type

if TYPE_CHECKING:
    from cluster_provision.settings.gcp.settings import GcpSettings

LONG_PACKETS = 8896
GPUDIRECT_PACKETS = 8244
"""TCPX and TCPXO: two pages of 4 KiB and the headers. The old tool's value for the GPUs' networks, and that of
cluster-toolkit v1.95.0 (2026-06-25), a3high-slurm-blueprint.yaml, for the first."""


@dataclass(frozen=True)
class Layout:
    """`extra_networks` are those beside the first, one card in each; `rdma_nics` the cards in the RDMA network.

    `mtu` is the longest packet in bytes, of all networks of the cluster's own but that for RDMA.
    """

    extra_networks: int = 0
    rdma_nics: int = 0
    mtu: int = LONG_PACKETS

    @property
    def cards(self) -> int:
        """How many network cards a machine has."""
        return 1 + self.extra_networks + self.rdma_nics

    @property
    def networks(self) -> int:
        """How many networks there are."""
        return 1 + self.extra_networks + min(self.rdma_nics, 1)


# multi_nic_network, by what the machine type's GPUs use (machine_types.toml); where they use no cards of their own,
# five networks, as the old tool made them for every type.
_BY_GPUS = {
    "single": Layout(extra_networks=4),
    "tcpx": Layout(extra_networks=4, mtu=GPUDIRECT_PACKETS),
    "tcpxo": Layout(extra_networks=8, mtu=GPUDIRECT_PACKETS),
}


def layout(settings: GcpSettings) -> Layout | None:
    """What NETWORK_CONFIG asks for on machines of VM_TYPE; None where this version can't lay it out."""
    if settings.network_config != "multi_nic_network":
        return Layout()
    facts = machine_type(settings.vm_type)
    if facts.layout == "rdma":
        return Layout(extra_networks=1, rdma_nics=facts.nics - 2)
    return _BY_GPUS.get(facts.layout)


def network_profile(zone: str) -> str:
    """The profile of an RDMA network in a zone: https://docs.cloud.google.com/vpc/docs/rdma-network-profiles."""
    return f"{zone}-vpc-roce"
