"""Rules for the network: the number of cards that the machines need."""

from __future__ import annotations

from cloud_facts.gcp.machine_types import machine_type
from cluster_provision.settings.draft import Draft, RuleResult
from cluster_provision.settings.gcp.network_layouts import layout

_GPUDIRECT = {"tcpx": "GPUDirect-TCPX", "tcpxo": "GPUDirect-TCPXO", "rdma": "GPUDirect RDMA"}


def network_cards(draft: Draft) -> RuleResult:
    """Check the cards: each network needs one, and GPUs use their own cards only in several networks."""
    if not draft.good("vm_type", "network_config") or draft.orchestrator == "gke":
        return RuleResult()
    settings = draft.settings
    facts, wanted = machine_type(settings.vm_type), layout(settings)
    if settings.network_config != "multi_nic_network":
        if facts.layout not in _GPUDIRECT:
            return RuleResult()
        note = (
            f"VM_TYPE={settings.vm_type} has network cards for its GPUs ({_GPUDIRECT[facts.layout]}), which stay "
            f"unused with NETWORK_CONFIG={settings.network_config}; multi_nic_network uses them"
        )
        return RuleResult(notes=(note,))
    if wanted is None:
        return RuleResult(
            (
                f"NETWORK_CONFIG=multi_nic_network with VM_TYPE={settings.vm_type} is not in this version; use "
                "new_network, or another VM_TYPE",
            )
        )
    if 0 < facts.nics < wanted.cards:
        return RuleResult(
            (
                f"NETWORK_CONFIG=multi_nic_network gives each machine {wanted.cards} network cards, and VM_TYPE="
                f"{settings.vm_type} takes {facts.nics}; use new_network, or a VM_TYPE with {wanted.cards} vCPUs or "
                "more",
            )
        )
    return RuleResult()
