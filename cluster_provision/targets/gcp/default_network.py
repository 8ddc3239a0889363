"""The network "default": its subnet for the machines, and what they need there without an external address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cluster_provision.checks.base import Finding
from cluster_provision.clouds.gcp.default_network import NETWORK
from cluster_provision.clouds.gcp.resources import name_of
from cluster_provision.errors import CANNOT_LOOK
from cluster_provision.result import Check

if TYPE_CHECKING:
    from cluster_provision.clouds.gcp.default_network import GcpDefaultNetwork
    from cluster_provision.settings import GcpSettings

NAME = "default network"


@dataclass(frozen=True)
class Additions:
    """What this cluster makes in the default network: a NAT of its own, and a rule for the IAP tunnel.

    `subnetwork` is the link of the machines' subnet, empty where the network finds it by itself.
    """

    nat: bool = False
    iap: bool = False
    subnetwork: str = ""


def additions_for(settings: GcpSettings, region: str, network: GcpDefaultNetwork) -> tuple[Additions, Finding]:
    """What is to be made, and a check. What exists already is used; what can't be looked at is made."""
    if settings.network_config != "default_network":
        return Additions(), Finding()
    why = _without_addresses(settings)
    try:
        subnetwork = network.subnetwork(region)
    except CANNOT_LOOK as failure:
        return Additions(nat=bool(why), iap=bool(why)), Finding((Check(NAME, "unknown", str(failure)),))
    if not why:
        return Additions(subnetwork=subnetwork), Finding()
    name = f"{settings.name_prefix}-dpl"
    try:
        router = network.nat(region, own=f"{name}-out", subnetwork=name_of(subnetwork) or NETWORK)
        open_already = network.lets_iap_in(own=f"{name}-ssh")
    except CANNOT_LOOK as failure:
        return Additions(True, True, subnetwork), Finding((Check(NAME, "unknown", str(failure)),))
    if router:
        detail = f"router {router} has a NAT for {region}"
        note = f"{why}: the machines reach the internet by the NAT of router {router}, and only while it stays"
    else:
        detail = f"gets a NAT for {region}, with the router {name}-out"
        note = (
            f"{why}: the default network gets a NAT for {region}; other machines there without an external "
            "address use it too, until Destroy"
        )
    if not open_already:
        detail += f", and the rule {name}-ssh for ssh through IAP"
    found = Finding((Check(NAME, "ok", detail),), notes=(note,))
    return Additions(not router, not open_already, subnetwork), found


def _without_addresses(settings: GcpSettings) -> str:
    """Why the machines have no external addresses, empty where they have."""
    if settings.orchestrator_type == "gke":
        return "GKE's nodes have no external addresses"
    return "" if settings.external_ip else "EXTERNAL_IP=no"
