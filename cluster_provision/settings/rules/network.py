"""The network: how many cards the machines need, and what they reach."""

from __future__ import annotations

from cluster_provision.settings.draft import Draft, Finding
from cluster_provision.settings.machine_types import machine_type

# The old tool's number of VPCs and cards, where the machine type has no layout of its own.
CARDS = 5
_GPUDIRECT = {"tcpx": "GPUDirect-TCPX", "tcpxo": "GPUDirect-TCPXO", "rdma": "GPUDirect RDMA"}


def network_cards(draft: Draft) -> Finding:
    """Several networks need as many cards; GPUs with cards of their own use them in several networks alone."""
    if not draft.good("vm_type", "network_config") or draft.orchestrator == "gke":
        return Finding()
    settings = draft.settings
    facts = machine_type(settings.vm_type)
    if settings.network_config != "multi_nic_network":
        if facts.layout not in _GPUDIRECT:
            return Finding()
        note = (
            f"VM_TYPE={settings.vm_type} has network cards for its GPUs ({_GPUDIRECT[facts.layout]}), which stay "
            f"unused with NETWORK_CONFIG={settings.network_config}; multi_nic_network lays them out"
        )
        return Finding(notes=(note,))
    if not facts.layout:
        return Finding(
            (
                f"NETWORK_CONFIG=multi_nic_network with VM_TYPE={settings.vm_type} is not in this version; use "
                "new_network, or another VM_TYPE",
            )
        )
    if 0 < facts.nics < CARDS:
        return Finding(
            (
                f"NETWORK_CONFIG=multi_nic_network gives each machine {CARDS} network cards, and VM_TYPE="
                f"{settings.vm_type} takes {facts.nics}; use new_network, or a VM_TYPE with {CARDS} vCPUs or more",
            )
        )
    return Finding()


def address(draft: Draft) -> Finding:
    """Machines without an address reach nothing from the default network by themselves."""
    settings = draft.settings
    if not draft.good("external_ip", "network_config") or settings.external_ip:
        return Finding()
    if settings.network_config != "default_network":
        return Finding()
    note = (
        "EXTERNAL_IP=no on the default network: the machines reach Cloud Storage only where it has Cloud NAT "
        "or Private Google Access; NETWORK_CONFIG=new_network brings NAT along"
    )
    return Finding(notes=(note,))
