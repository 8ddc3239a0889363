"""The networks of the machines, as the root module's variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cluster_provision.settings.gcp.network_layouts import Layout, layout, network_profile

if TYPE_CHECKING:
    from cluster_provision.settings import GcpSettings
    from cluster_provision.targets.gcp.default_network import Additions


def network_variables(settings: GcpSettings, zone: str, additions: Additions) -> dict[str, Any]:
    """For machines in `zone`; `additions` is what the default network gets."""
    wanted = layout(settings) or Layout()
    return {
        "network_config": settings.network_config,
        "network_mtu": wanted.mtu,
        "extra_networks": wanted.extra_networks,
        "rdma_nics": wanted.rdma_nics,
        "network_profile": network_profile(zone) if wanted.rdma_nics else "",
        "default_network_nat": additions.nat,
        "default_network_iap": additions.iap,
        "default_subnetwork": additions.subnetwork,
        "external_ip": settings.external_ip,
    }
